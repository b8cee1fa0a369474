// Owns the one session that all steps of an editor test share: a folder with a copy of the sample, the tapped extension, a
// server, a browser, and a window in which Palimpsest is ready. Keeps a picture of each step that fails, with the sidecar's
// latest words, and closes everything however the steps went. Refuses to know what the steps do, and what a test needs for them.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { launchBrowser } from "./browser";
import { type CodeServer, type CodeServerOptions, startCodeServer } from "./codeServer";
import { ensureEditor, withEditor } from "./requirements";
import { makeTappedExtension, type OtherMachine } from "./tappedExtension";
import { latestOutcomes } from "./wire";
import { Workbench } from "./workbench";

/** What the status bar says once the model is loaded. */
export const ready = /^Palimpsest$/;
/** From the start of the window to there, on a busy machine. */
export const readyMsMax = 120_000;

export interface Session {
  /** What is in it goes when the session ends. */
  readonly folder: string;
  /** The folder that the window shows. */
  readonly workspace: string;
  /** Where the sidecars' own words are written down: see wire.ts. */
  readonly tap: string;
  readonly server: CodeServer;
  readonly browser: Browser;
  readonly workbench: Workbench;
}

/** What sets a test's session apart from others. */
export interface SessionParts extends Pick<CodeServerOptions, "settings" | "machineSettings" | "environment" | "workspaceTrust"> {
  /** The folder below out/screenshots that the pictures go to. */
  readonly pictures: string;
  /** What the window shows first: a path in the workspace. */
  readonly file: string;
  /** Whether each step goes on from the one before, so that none can pass behind one that failed. */
  readonly stepsDepend?: boolean;
  /** Fills the session's folder and the copy of the sample, before anything is started. */
  prepare?(folders: Pick<Session, "folder" | "workspace">): Prepared | undefined | Promise<Prepared>;
}

export interface Prepared {
  /** Another folder than the copy of the sample for the window to show. */
  readonly workspace?: string;
  readonly machine?: OtherMachine;
  /** Extensions beside ours: folders by name. */
  readonly extensions?: Readonly<Record<string, string>>;
  /** Ends what the test itself has started. */
  end?(): void;
}

/** Declares a test on the session that all share. */
export type Step = (name: string, body: (session: Session) => Promise<void>) => void;

type End = () => unknown;

/** Declares the steps of a test file, one session around all of them; where there can be no editor, one skipped test of that title. */
export function editorSuite(title: string, parts: SessionParts, define: (step: Step) => void): void {
  withEditor(title, () => {
    const ends: End[] = [];
    let session: Session | undefined;
    let hasFailed = false;
    before(async () => {
      ensureEditor();
      session = await open(parts, ends);
    });
    after(() => closeAll(ends));
    define((name, body) => {
      test(name, async () => {
        if (session === undefined) throw new Error("VS Code was not started");
        assert.ok(!hasFailed || parts.stepsDepend !== true, "an earlier step failed, and this one goes on from it");
        try {
          await body(session);
        } catch (error) {
          hasFailed = true;
          throw await withTraces(error, session);
        }
      });
    });
  });
}

/** Notes in `ends` what there is to close as soon as it is there: a session that can't be opened is closed too. */
async function open(parts: SessionParts, ends: End[]): Promise<Session> {
  const folder = mkdtempSync(join(tmpdir(), "palimpsest-session-"));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  const [sample, extension, tap] = [join(folder, "shop"), join(folder, "extension"), join(folder, "tap")];
  cpSync(join(process.cwd(), "test/editor/sample"), sample, { recursive: true });
  const { workspace = sample, machine, extensions, end } = (await parts.prepare?.({ folder, workspace: sample })) ?? {};
  if (end !== undefined) ends.push(end);
  makeTappedExtension(extension, tap, machine);
  const server = await startCodeServer({ ...parts, extensions: { palimpsest: extension, ...extensions } });
  ends.push(() => server.stop());
  const browser = await launchBrowser();
  ends.push(() => browser.close());
  const workbench = await Workbench.open(browser, server, workspace, parts.file, parts.pictures);
  await workbench.awaitStatus(ready, readyMsMax);
  return { folder, workspace, tap, server, browser, workbench };
}

/** The last first; one that can't be closed keeps no other from it. */
async function closeAll(ends: End[]): Promise<void> {
  const end = ends.pop();
  if (end === undefined) return;
  try {
    await end();
  } finally {
    await closeAll(ends);
  }
}

/** The error with what the sidecar said last; the picture is beside the others. */
async function withTraces(error: unknown, { workbench, tap }: Session): Promise<Error> {
  // A window that the step has closed gives no picture, and the step's own error is what counts.
  await workbench.screenshot("FAILED").catch(() => undefined);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new Error(`${stack}\nThe sidecar's latest outcomes:\n${latestOutcomes(tap, 5)}`);
}
