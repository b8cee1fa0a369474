// Writes THIRD-PARTY-NOTICES.md: what the package bundles or loads at run time, with each licence's own text.
// The list is written by hand, since bundling decides what is in it; the texts come from the installed packages.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const packages = [
  "koffi", "@node-llama-cpp/linux-x64", "web-tree-sitter", "vscode-languageclient", "vscode-languageserver",
  "vscode-languageserver-protocol", "vscode-languageserver-types", "vscode-jsonrpc", "minimatch", "brace-expansion",
  "balanced-match", "semver", "ipull", "@vscode/tree-sitter-wasm", "tree-sitter-c", "tree-sitter-html", "tree-sitter-json",
];
const remarks = {
  "@node-llama-cpp/linux-x64": "and its siblings for other platforms; they carry llama.cpp and ggml, MIT, Copyright (c) 2023-2026 The ggml authors",
  "@vscode/tree-sitter-wasm": "carries tree-sitter, MIT, Copyright (c) 2018 Max Brunsfeld, and grammars by their authors, MIT",
};

const sections = packages.map((name) => {
  const folder = join("node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} carries no licence text: look it up and add it by hand`);
  const text = readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n").trim();
  const remark = remarks[name] === undefined ? "" : `\n${remarks[name]}.\n`;
  return `## ${name} ${version} (${license})\n${remark}\n\`\`\`\n${text}\n\`\`\`\n`;
});
const title = "# Third-party notices\n\nWhat Palimpsest bundles or loads at run time. Written by `node notices.mjs`.\n\n";
writeFileSync("THIRD-PARTY-NOTICES.md", title + sections.join("\n"));
