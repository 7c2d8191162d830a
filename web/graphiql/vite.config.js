import { defineConfig } from "vite";

export default defineConfig({
  // The page itself is served at /graphql, so its assets need absolute addresses.
  base: "/static/graphiql/",
  build: {
    outDir: "../../cmdb/api/static/graphiql",
    emptyOutDir: true,
    // What is small stays a file too: the page's policy names as few kinds of addresses as it can.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The editor of GraphiQL and its code view are 4 MB together; cutting them up would not make them smaller.
    chunkSizeWarningLimit: 5000,
    // The built files are shipped, so the licences of what is in them are too.
    license: { fileName: "LICENSES.md" },
    rolldownOptions: {
      onLog(level, log, handler) {
        // React's directives in the libraries mean nothing to a page without a server part.
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") handler(level, log);
      },
    },
  },
  worker: { format: "es" },
});
