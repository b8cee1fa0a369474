// Owns the waiting before a suggestion is asked for, as the settings want it, and that it ends when the editor takes the
// request back. What the settings want is askRule.ts's to say.
import * as vscode from "vscode";
import type { AskRule } from "./askRule";

export class Patience {
  /** @param rule what holds for a request made by key, or by the editor while one types */
  constructor(private readonly rule: (byKey: boolean) => AskRule, private readonly onPaused: (reason: string) => void) {}

  readonly mayAsk = (triggerKind: vscode.InlineCompletionTriggerKind, token: vscode.CancellationToken): boolean | Promise<boolean> => {
    const rule = this.rule(triggerKind === vscode.InlineCompletionTriggerKind.Invoke);
    if (rule.kind === "never") {
      if (rule.paused !== undefined) this.onPaused(rule.paused);
      return false;
    }
    return rule.afterMs === 0 || quiet(rule.afterMs, token);
  };
}

/** False as soon as the request is taken back: the next key makes another. */
function quiet(ms: number, token: vscode.CancellationToken): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => end(true), ms);
    const listener = token.onCancellationRequested(() => end(false));
    const end = (isOver: boolean): void => {
      clearTimeout(timer);
      listener.dispose();
      resolve(isOver);
    };
    if (token.isCancellationRequested) end(false);
  });
}
