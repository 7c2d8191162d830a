import "./workers.js";
import "graphiql/style.css";
import "./page.css";

import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { createRoot } from "react-dom/client";

import { EXAMPLES_PLUGIN } from "./ExamplesPlugin.jsx";
import { OPENING_TABS } from "./examples.js";
import { EDITOR_THEME } from "./theme.js";

const fetcher = createGraphiQLFetcher({ url: "/graphql" });

createRoot(document.getElementById("editor")).render(
  <GraphiQL
    fetcher={fetcher}
    defaultTabs={OPENING_TABS}
    editorTheme={EDITOR_THEME}
    plugins={[HISTORY_PLUGIN, EXAMPLES_PLUGIN]}
    inputValueDeprecation
    schemaDescription
  >
    <GraphiQL.Logo>CMDB</GraphiQL.Logo>
  </GraphiQL>,
);
