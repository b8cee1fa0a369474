// Owns the composition of the harness's commands, and how it ends: 0 done, 1 failed, 2 asked wrongly, 130 interrupted.
import { join } from "node:path";
import { realClock } from "../../sidecar/base/clock";
import { unreachable } from "../../sidecar/base/assert";
import type { Command } from "./commandLine";
import { help, parseCommand } from "./commandLine";
import { readTrace } from "./corpus";
import { runDecode } from "./decode/decodeRun";
import { showDemo } from "./demo";
import { mergeDereferences, runDereference } from "./dereference/dereferenceRun";
import { isMonitorWorker, serveMonitor } from "./dereference/monitorWorker";
import { openDereference } from "./dereference/openDereference";
import { mergeEvaluations, runEvaluation } from "./evaluate/evaluateCommand";
import { openEvaluation } from "./evaluate/openEvaluation";
import { openEngine, openRig } from "./openRig";
import { Progress } from "./progress";
import { openRepetition } from "./repetition/openRepetition";
import { mergeRepetitions, runRepetition } from "./repetition/repetitionRun";
import { replayTraces } from "./replayCommand";
import { reportResults } from "./reportCommand";
import { runSpeed } from "./speed/speedRun";
import { TraceError } from "./trace";
import { makeTraces } from "./traceCommand";
import { UsageError } from "./usageError";

const root = join(__dirname, "..");
const demoTrace = join(root, "test/corpus/invoice.ts.jsonl");
/** Files and pipes have no width. */
const widthMax = process.stdout.isTTY === true ? process.stdout.columns : Infinity;
const say = (line: string): void => void process.stdout.write(line + "\n");

async function run(command: Command): Promise<void> {
  switch (command.kind) {
    case "help":
      return say(help);
    case "replay":
      return replayTraces(command, () => openRig(root, command.engine), { widthMax, say });
    case "report":
      return reportResults(command, widthMax, say);
    case "evaluate":
      return runEvaluation(command, () => openEvaluation(root, command, process.argv[1] ?? ""), { widthMax, say });
    case "mergeEvaluations":
      return mergeEvaluations(command, { widthMax, say });
    case "repetition":
      return runRepetition(command, { ...openRepetition(root), openRig: () => openRig(root, command.engine) }, { widthMax, say });
    case "mergeRepetitions":
      return mergeRepetitions(command, openRepetition(root), { widthMax, say });
    case "dereference":
      return runDereference(command, openDereference(root, __filename, command), { widthMax, say });
    case "mergeDereferences":
      return mergeDereferences(command, { widthMax, say });
    case "decode":
      return runDecode(command, () => openRig(root, command.engine), { widthMax, say });
    case "speed":
      return runSpeed(command, (modelPath, more) => openEngine(root, modelPath, command.engine, more), say);
    case "trace":
      return makeTraces(command, new Progress(realClock.nowMs), say);
    case "demo": {
      const trace = readTrace(command.tracePath ?? demoTrace);
      return showDemo(trace, await openRig(root, command.engine), { colours: process.stdout.isTTY === true, widthMax, say });
    }
    default:
      return unreachable(command);
  }
}

// A reader that has seen enough, such as head, closes the pipe: that is no fault.
process.stdout.on("error", () => process.exit(0));

async function main(): Promise<void> {
  try {
    await run(parseCommand(process.argv.slice(2)));
  } catch (error) {
    const asked = error instanceof UsageError || error instanceof TraceError;
    process.stderr.write(asked ? `${error.message}\n` : `${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = asked ? 2 : 1;
  }
}

// The dereference benchmark starts this program a second time, as the thread that speaks with the language server.
if (isMonitorWorker()) serveMonitor();
else void main();
