// Owns the opening of what the dereference benchmark runs on: grammars, the language server that the monitor asks, another of
// the same kind that judges, and the monitors.
import { join } from "node:path";
import { Grammars } from "../../../grammars/grammars";
import { realClock } from "../../../sidecar/base/clock";
import { findProgram, isNodeScript } from "../../../sidecar/monitors/serverProgram";
import type { ServerProgram } from "../../../sidecar/monitors/serverProgram";
import type { ServerChoice } from "../../../sidecar/monitors/monitorSettings";
import { monitorRecord, NameMonitors } from "../../../sidecar/session/nameMonitors";
import { TextDocument } from "../../../sidecar/text/document";
import { utf16 } from "../../../sidecar/text/frames";
import { PieceIndex } from "../../../sidecar/tokens/pieceIndex";
import { openRig } from "../openRig";
import type { Rig } from "../rig";
import { UsageError } from "../usageError";
import type { CaseLanguage } from "./case";
import type { DereferenceSettings } from "./dereferenceOptions";
import type { DereferenceParts } from "./dereferenceRun";
import { DiagnosticsServer } from "./diagnosticsServer";
import type { OpenMonitors } from "./monitorHost";
import { ThreadedHost } from "./threadedHost";

const languageIds: Readonly<Record<CaseLanguage, readonly string[]>> = { typescript: ["typescript", "typescriptreact"], python: ["python"] };
const readyMade: Readonly<Record<CaseLanguage, string>> = { typescript: "typescript7", python: "pyright" };

/**
 * @param root the folder that holds dist and node_modules
 * @param program the running program, which serves as the server's thread too
 */
export function openDereference(root: string, program: string, settings: DereferenceSettings): DereferenceParts {
  const say = (line: string): void => void process.stderr.write(line + "\n");
  const grammars = new Grammars(join(root, "dist/grammars"), say);
  const server = serverFor(root, settings);
  const command: ServerChoice = { kind: "command", words: [server.file, ...server.arguments] };
  return {
    loadGrammar: (languageId) => grammars.load(languageId),
    openRig: () => openRig(root, settings.engine),
    openMonitor: (language, projects) => Promise.resolve(new ThreadedHost({ program, languageIds: languageIds[language], server: command, projects, say })),
    monitorsOn,
    openCompiler: (_language, projects) => new DiagnosticsServer(commandOf(server), projects),
  };
}

/** The editor's monitors, with one vocabulary for all of them. What one generation was told says nothing to the next. */
function monitorsOn({ engine }: Rig): OpenMonitors {
  const pieces = new PieceIndex(engine, engine.capabilities.vocabularySize);
  return (source, budgetMs) => {
    const monitors = new NameMonitors({ source, pieces, tokenizer: engine, clock: realClock, budgetMs: () => budgetMs });
    return ({ uri, languageId, version, text, cursorUtf16, healed }) => {
      const started = monitors.monitorAt(new TextDocument(uri, languageId, version, text, "utf-16"), utf16(cursorUtf16), healed, "");
      return started === undefined ? undefined : { processor: started.monitor, record: () => monitorRecord(started.tally) };
    };
  };
}

/** The server asked for, or the ready-made one beside this program or on PATH. @throws UsageError where there is none */
function serverFor(root: string, { server, language }: DereferenceSettings): ServerProgram {
  const choice: ServerChoice = server ?? { kind: "ready", name: readyMade[language] };
  const found = findProgram(choice, { folders: [root], trustWorkspace: true, path: process.env["PATH"] ?? "" });
  if (found.kind === "missing") throw new UsageError(`no language server for ${language}: ${found.reason}; name one by --server ${language}=COMMAND`);
  return found.program;
}

function commandOf({ file, arguments: words }: ServerProgram): { readonly command: string; readonly arguments: readonly string[] } {
  return isNodeScript(file) ? { command: process.execPath, arguments: [file, ...words] } : { command: file, arguments: words };
}

