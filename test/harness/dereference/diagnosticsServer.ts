// Owns the conversation with one language server that is asked what is wrong in texts that stand on no disk (LSP pull
// diagnostics). Started when it is first asked, and again when it has died. Knows no case.
import { spawn, type ChildProcess } from "node:child_process";
import { pathToFileURL } from "node:url";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver/node";
import type { MessageConnection } from "vscode-languageserver/node";
import type { Project } from "./projectFiles";

export interface ServerCommand {
  readonly command: string;
  readonly arguments: readonly string[];
}

export interface JudgedText {
  readonly project: string;
  /** Below the project's folder, with slashes. */
  readonly path: string;
  readonly languageId: string;
  readonly text: string;
}

interface Diagnostic {
  readonly severity?: number;
  readonly code?: string | number;
  readonly message: string;
}

interface Running {
  readonly process: ChildProcess;
  readonly connection: MessageConnection;
  readonly ready: Promise<unknown>;
}

const answerMsMax = 60_000;
const errorSeverity = 1;

export class DiagnosticsServer {
  private running: Running | undefined;
  /** The open document of each project and its version: one stays open, so that the server keeps the project. */
  private readonly open = new Map<string, { readonly uri: string; version: number }>();

  /** @param projects all that texts will belong to */
  constructor(private readonly command: ServerCommand, private readonly projects: readonly Project[]) {}

  /** Errors in the text, `CODE message` each; undefined where the server doesn't say. */
  async errorsIn({ project, path, languageId, text }: JudgedText): Promise<readonly string[] | undefined> {
    const folder = this.projects.find(({ name }) => name === project)?.folder;
    if (folder === undefined) return undefined;
    const { connection, ready } = (this.running ??= this.start());
    try {
      await within(ready);
      const uri = pathToFileURL(`${folder}/${path}`).href;
      await this.show(connection, project, uri, languageId, text);
      const report = await within(connection.sendRequest<{ readonly items?: readonly Diagnostic[] }>("textDocument/diagnostic", { textDocument: { uri } }));
      return report.items?.filter(({ severity }) => severity === errorSeverity).map(({ code, message }) => `${code ?? ""} ${message}`);
    } catch {
      this.close();
      return undefined;
    }
  }

  close(): void {
    this.running?.connection.dispose();
    this.running?.process.kill();
    this.running = undefined;
    this.open.clear();
  }

  private async show(connection: MessageConnection, project: string, uri: string, languageId: string, text: string): Promise<void> {
    const open = this.open.get(project);
    if (open?.uri === uri) {
      open.version += 1;
      return connection.sendNotification("textDocument/didChange", { textDocument: { uri, version: open.version }, contentChanges: [{ text }] });
    }
    await connection.sendNotification("textDocument/didOpen", { textDocument: { uri, languageId, version: 1, text } });
    this.open.set(project, { uri, version: 1 });
    if (open !== undefined) await connection.sendNotification("textDocument/didClose", { textDocument: { uri: open.uri } });
  }

  private start(): Running {
    const child = spawn(this.command.command, this.command.arguments, { stdio: ["pipe", "pipe", "ignore"], cwd: this.projects[0]?.folder });
    const connection = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
    const gone = (): void => {
      if (this.running?.process === child) this.close();
    };
    child.on("error", gone);
    child.on("exit", gone);
    connection.onError(gone);
    connection.onRequest((method, params) => (method === "workspace/configuration" ? noSettings(params) : null));
    connection.listen();
    return { process: child, connection, ready: initialized(connection, this.projects) };
  }
}

async function initialized(connection: MessageConnection, projects: readonly Project[]): Promise<void> {
  const workspaceFolders = projects.map(({ name, folder }) => ({ name, uri: pathToFileURL(folder).href }));
  await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: workspaceFolders[0]?.uri ?? null,
    workspaceFolders,
    capabilities: { workspace: { configuration: true, workspaceFolders: true }, textDocument: { diagnostic: {} } },
  });
  await connection.sendNotification("initialized", {});
}

function noSettings(params: unknown): readonly null[] {
  const items = typeof params === "object" && params !== null && "items" in params && Array.isArray(params.items) ? params.items : [];
  return items.map(() => null);
}

async function within<Result>(answer: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      answer,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error("the server doesn't answer")), answerMsMax);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}
