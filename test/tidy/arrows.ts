// Owns the direction of dependencies: which folder may import which, and which file alone may import a package.
// A new arrow belongs into these tables and, with its reason, into ARCHITECTURE.md.
import { packageOf, targetOf, type Source } from "./sources";

/** Layers of our own code, most special first: a file belongs to the first folder that holds it. */
const layers = [
  "sidecar/base", "sidecar/protocol", "sidecar/text", "sidecar/tokens", "sidecar/prompt", "sidecar/engine/llama", "sidecar/engine",
  "sidecar/cache", "sidecar/decode", "sidecar/session", "sidecar/monitors", "sidecar/server", "grammars", "extension", "test",
] as const;
type Layer = (typeof layers)[number];

interface Arrows {
  readonly any: readonly Layer[];
  /** Only `import type`: nothing of it runs there. */
  readonly types?: readonly Layer[];
}

const arrows: Readonly<Record<Layer, Arrows>> = {
  "sidecar/base": { any: [] },
  "sidecar/protocol": { any: [] },
  "sidecar/text": { any: ["sidecar/base"] },
  "sidecar/tokens": { any: ["sidecar/text", "sidecar/base"] },
  "sidecar/prompt": { any: ["sidecar/tokens", "sidecar/text", "sidecar/base"], types: ["sidecar/protocol"] },
  "sidecar/engine": { any: ["sidecar/base"] },
  "sidecar/engine/llama": { any: ["sidecar/engine", "sidecar/base"] },
  "sidecar/cache": { any: ["sidecar/tokens", "sidecar/base"] },
  "sidecar/decode": { any: ["sidecar/engine", "sidecar/tokens", "sidecar/base", "grammars"], types: ["sidecar/text"] },
  "sidecar/session": {
    any: [
      "sidecar/cache", "sidecar/decode", "sidecar/prompt", "sidecar/tokens", "sidecar/text", "sidecar/engine", "sidecar/base", "grammars",
    ],
    types: ["sidecar/protocol"],
  },
  "sidecar/monitors": { any: ["sidecar/decode", "sidecar/text", "sidecar/protocol", "sidecar/base"], types: ["sidecar/session"] },
  "sidecar/server": { any: ["sidecar/monitors", "sidecar/session", "sidecar/protocol", "sidecar/base", "grammars"] },
  grammars: { any: [] },
  extension: { any: ["sidecar/protocol", "grammars"] },
  test: { any: layers },
};

/** Files that may import more than their folder. */
const exceptions: readonly { readonly files: RegExp; readonly to: Layer }[] = [
  // Plans are carried out in one place, which alone talks to the engine, but for the shelf that it puts cells on.
  { files: /^sidecar\/cache\/(applyPlan|shelf)\.ts$/, to: "sidecar/engine" },
  // The composition root and the worker that it starts choose the engine.
  { files: /^sidecar\/server\/(main|engineWorker)\.ts$/, to: "sidecar/engine/llama" },
  // The flags name the builds of llama.cpp that there are.
  { files: /^sidecar\/server\/flags\.ts$/, to: "sidecar/engine/llama" },
  { files: /^sidecar\/server\/(main|engineWorker|measure)\.ts$/, to: "sidecar/engine" },
];

/** Packages that only some files may import. Tests drive whole programs and may import anything. */
const packageHomes: Readonly<Record<string, RegExp>> = {
  vscode: /^extension\//,
  "vscode-languageclient": /^extension\//,
  "vscode-languageserver": /^sidecar\/server\//,
  ipull: /^extension\/src\/models\/download\//,
  koffi: /^sidecar\/engine\/llama\/symbols\.ts$/,
  "web-tree-sitter": /^grammars\//,
  "playwright-core": /^test\//,
  "@vscode/test-electron": /^test\//,
  esbuild: /^$/,
};

/** What neither does I/O nor reads a clock imports nothing of Node. */
const pureLayers: readonly Layer[] = [
  "sidecar/base", "sidecar/protocol", "sidecar/text", "sidecar/tokens", "sidecar/prompt", "sidecar/cache", "sidecar/decode",
];

/** The root's manifest and data files beside the code are no layer. */
const isData = (path: string): boolean => /\.(json|scm|wasm)$/.test(path);

export function layerOf(path: string): Layer | undefined {
  return layers.find((layer) => path.startsWith(`${layer}/`));
}

export function checkArrows(sources: readonly Source[]): readonly string[] {
  return sources.flatMap((source) =>
    source.imports.flatMap(({ line, specifier, typeOnly }) => {
      const target = targetOf(source.path, specifier);
      const fault = target === undefined ? packageFault(source.path, specifier) : folderFault(source.path, target, typeOnly);
      return fault === undefined ? [] : [`${source.path}:${line} ${fault}`];
    }),
  );
}

function folderFault(path: string, target: string, typeOnly: boolean): string | undefined {
  const from = layerOf(path);
  const to = layerOf(target);
  if (from === undefined) return `is in no layer and imports ${target}`;
  if (isData(target) && to !== "test") return undefined;
  if (to === undefined) return `imports ${target}, which is in no layer`;
  if (from === to) return undefined;
  const allowed = arrows[from];
  if (allowed.any.includes(to) || (typeOnly && (allowed.types ?? []).includes(to))) return undefined;
  if (exceptions.some((exception) => exception.files.test(path) && exception.to === to)) return undefined;
  if ((allowed.types ?? []).includes(to)) return `imports more than types of ${to} (${target})`;
  return `imports ${target}: ${from} may not import ${to}`;
}

function packageFault(path: string, specifier: string): string | undefined {
  const layer = layerOf(path);
  const name = packageOf(specifier);
  if (layer === "test") return undefined;
  if (name === undefined) {
    return layer !== undefined && pureLayers.includes(layer) ? `imports ${specifier}: ${layer} does no I/O` : undefined;
  }
  const home = packageHomes[name];
  if (home === undefined) return `imports ${name}: say in arrows.ts who may`;
  return home.test(path) ? undefined : `imports ${name}, which only ${home.source} may`;
}

/** Packages that are imported without standing in the manifest: they are there by accident. */
export function checkDeclared(sources: readonly Source[], declared: ReadonlySet<string>): readonly string[] {
  return sources.flatMap((source) =>
    source.imports.flatMap(({ line, specifier, typeOnly }) => {
      const name = packageOf(specifier);
      if (name === undefined || declared.has(name) || declared.has(`@types/${name}`) || typeOnly) return [];
      return [`${source.path}:${line} imports ${name}, which package.json doesn't name`];
    }),
  );
}
