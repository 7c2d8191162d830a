// GraphiQL's colours of the code, with those made stronger that have less contrast on its grounds than WCAG asks
// for (4.5): comments and numbers, and the brackets by their depth.
import { editor } from "monaco-graphql/esm/monaco-editor.js";

const PALETTES = {
  dark: {
    base: "vs-dark",
    ground: "#212a3b",
    accent: "#ff5794",
    text: "#ffffff",
    argument: "#a39eff",
    comment: "#8abf76",
    number: "#b5cea8",
    brackets: ["#ffd700", "#e99be6", "#62bbff"],
  },
  light: {
    base: "vs",
    ground: "#ffffff",
    accent: "#d60590",
    text: "#444444",
    argument: "#5b58c4",
    comment: "#007000",
    number: "#00694a",
    brackets: ["#0431fa", "#1f701f", "#7b3814"],
  },
};

function define(name, { base, ground, accent, text, argument, comment, number, brackets }) {
  const tint = `${accent}19`;
  const bracketColours = brackets.map((colour, at) => [`editorBracketHighlight.foreground${at + 1}`, colour]);
  editor.defineTheme(name, {
    base,
    inherit: true,
    colors: {
      "editor.background": "#ffffff00",
      "scrollbar.shadow": "#ffffff00",
      "textLink.foreground": accent,
      "textLink.activeForeground": accent,
      "editorLink.activeForeground": accent,
      "editorHoverWidget.background": ground,
      "editorSuggestWidget.background": ground,
      "editorSuggestWidget.selectedBackground": tint,
      "editorSuggestWidget.selectedForeground": accent,
      "editorWidget.background": ground,
      "list.hoverBackground": tint,
      "list.highlightForeground": accent,
      "list.focusHighlightForeground": accent,
      "menu.background": ground,
      "menu.selectionBackground": tint,
      "menu.selectionForeground": accent,
      "quickInput.background": ground,
      "quickInputList.focusBackground": tint,
      "quickInputList.focusForeground": text,
      "pickerGroup.foreground": accent,
      focusBorder: accent,
      ...Object.fromEntries(bracketColours),
    },
    rules: [
      { token: "argument.identifier.gql", foreground: argument },
      { token: "comment", foreground: comment },
      { token: "number", foreground: number },
    ],
  });
  return name;
}

/** The names of the themes, as GraphiQL's `editorTheme` wants them. */
export const EDITOR_THEME = {
  dark: define("cmdb-dark", PALETTES.dark),
  light: define("cmdb-light", PALETTES.light),
};
