// The operations that the tests of the API run, as they are when the editor is built.
const FILES = import.meta.glob("../../../graphql/operations/*.graphql", {
  query: "?raw",
  import: "default",
  eager: true,
});

const HOSTS = `# Ctrl-Enter runs the operation, Ctrl-Space completes what you type.
# More examples are behind "Examples" in the bar on the left.
query Hosts {
  configurationItems(filter: {class: "Host"}, first: 10) {
    totalCount
    nodes {
      id
      name
      class
      status
    }
  }
}
`;

/** "root-cause" -> "Root cause" */
function titleOf(path) {
  const words = path
    .split("/")
    .at(-1)
    .replace(/\.graphql$/, "")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/[-_]+/g, " ")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The comment at the top of an operation, in one line. */
function purposeOf(query) {
  const lines = query.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("#"));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^#\s*/, ""))
    .join(" ");
}

/** `{title, purpose, query}` of every example, by title. */
export const EXAMPLES = Object.entries(FILES)
  .map(([path, query]) => ({ title: titleOf(path), purpose: purposeOf(query), query }))
  .sort((one, other) => one.title.localeCompare(other.title));

/** What a first visit opens; later ones find the tabs as they were left. */
export const OPENING_TABS = [{ query: HOSTS }];
