// Owns the command `demo`: one hand-written session shown step by step, then the same under every policy as a table.
import { realClock } from "../../sidecar/base/clock";
import { offeredPolicies } from "../../sidecar/session/policy";
import { chargeView, ghostView } from "./ghostView";
import { Interrupt } from "./interrupt";
import { measureTraces } from "./measureTraces";
import { Progress } from "./progress";
import type { CompletionResult, ReplayStep } from "./replay";
import { replay } from "./replay";
import { reportOf } from "./report";
import type { Rig } from "./rig";
import { textReport } from "./table";
import type { Trace } from "./trace";

export interface DemoOutput {
  readonly colours: boolean;
  readonly widthMax: number;
  say(text: string): void;
}

export async function showDemo(trace: Trace, rig: Rig, output: DemoOutput): Promise<void> {
  const progress = new Progress(realClock.nowMs);
  const interrupt = new Interrupt();
  const { say } = output;
  try {
    const asked = trace.events.filter((event) => event.kind === "complete").length;
    say(`${trace.header.uri}: ${asked} completions by ${rig.description.model}, the cache patched at each edit.\n`);
    const shown = await showSteps(trace, rig, asked, interrupt, output);
    const others = offeredPolicies.filter((policy) => policy !== "patch");
    say(`The same session under the policies ${others.join(" and ")}, for comparison:`);
    const compared = await measureTraces([trace], {
      policies: others,
      idle: true,
      newTime: () => ({ kind: "real", clock: realClock }),
      newSessions: (policy, time) => rig.newSessions({ policy, clock: time.clock, languageId: trace.header.languageId, verify: false }),
      pointOf: ({ result }) => result,
      interrupted: () => interrupt.asked,
      progress: (done) => progress.show(`${done.policy}: ${done.completions} of ${done.completionsAll} completions`),
    });
    progress.end();
    say("\n" + textReport(reportOf([...compared, ...shown], 1), output.widthMax));
    say(
      "\npatch re-reads what changed, prefix re-reads everything after the change (as engines do today), cold re-reads all.\n" +
        "Cold is the reference for quality: lineEqualsCold and excessLoss are the price of patching.\n" +
        "\nTo try it in a real editor in the browser: npm run editor",
    );
  } finally {
    progress.end();
    interrupt.close();
    rig.close();
  }
}

async function showSteps(trace: Trace, rig: Rig, asked: number, interrupt: Interrupt, output: DemoOutput): Promise<readonly CompletionResult[]> {
  const sessions = await rig.newSessions({ policy: "patch", clock: realClock, languageId: trace.header.languageId, verify: false });
  const results: CompletionResult[] = [];
  try {
    for (const step of replay(trace, sessions, { policy: "patch", time: { kind: "real", clock: realClock }, idle: true })) {
      results.push(step.result);
      output.say(stepView(step, results.length, asked, output.colours));
      await new Promise((resolve) => setImmediate(resolve));
      if (interrupt.asked) break;
    }
  } finally {
    sessions.close();
  }
  return results;
}

function stepView(step: ReplayStep, number: number, asked: number, colours: boolean): string {
  const note = step.event.extra["note"];
  const told = typeof note === "string" ? `  ${note}` : "";
  const title = `${number} of ${asked} · ${step.result.action}`;
  const head = colours ? `\u001b[1m${title}\u001b[0m${told}` : `${title}${told}`;
  return `${head}\n${ghostView(step, colours)}\n      ${chargeView(step)}\n`;
}
