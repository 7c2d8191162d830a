// The operations that the tests of the API run, as they are when the editor is built, and values for the
// variables of those that need some.
const OPERATIONS = import.meta.glob("../../../graphql/operations/*.graphql", {
  query: "?raw",
  import: "default",
  eager: true,
});
const VARIABLES = import.meta.glob("./variables/*.json", { import: "default", eager: true });

const HOSTS = `# Ctrl-Enter runs it, Ctrl-Space completes.
# "Examples" on the left has more.
query Hosts {
  configurationItems(
    filter: {class: "Host"}
    first: 10
  ) {
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

/** Opened beside the hosts, in this order, where they are among the operations. */
const OPENED = ["search", "impact", "root_cause"];

/** "…/root_cause.graphql" -> "root_cause" */
function stemOf(path) {
  return path.split("/").at(-1).replace(/\.\w+$/, "");
}

/** "root_cause" -> "Root cause" */
function titleOf(name) {
  const words = name.replace(/[-_]+/g, " ");
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

const VARIABLES_BY_NAME = Object.fromEntries(
  Object.entries(VARIABLES).map(([path, values]) => [stemOf(path), JSON.stringify(values, null, 2)]),
);

/** `{name, title, purpose, query, variables}` of every example; `variables` is JSON, or empty. */
export const EXAMPLES = Object.entries(OPERATIONS).map(([path, query]) => {
  const name = stemOf(path);
  const variables = VARIABLES_BY_NAME[name] ?? "";
  return { name, title: titleOf(name), purpose: purposeOf(query), query, variables };
});

/** What a first visit opens; later ones find the tabs as they were left. */
export const OPENING_TABS = [
  { query: HOSTS },
  ...OPENED.flatMap((name) => EXAMPLES.filter((example) => example.name === name)).map(
    ({ query, variables }) => ({ query, variables }),
  ),
];
