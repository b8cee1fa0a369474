// Owns one request for ghost text on its way through the language client: whether it is made at all, and who hears of it.
// Asks nothing of the model itself; a delay is the user's wish, since the editor gathers keystrokes before it asks.
import type * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import { insertedText, type SuggestionItem } from "./suggestion";

export interface InlineParts {
  /** Why nothing is asked for this document, as a sentence; undefined where it may be asked. */
  readonly whyOff: (document: vscode.TextDocument) => string | undefined;
  readonly onOff: (reason: string) => void;
  /** Waits as long as the user wishes; false where nothing is to be asked, or the editor takes the request back meanwhile. */
  readonly mayAsk: (triggerKind: vscode.InlineCompletionTriggerKind, token: vscode.CancellationToken) => boolean | Promise<boolean>;
  readonly onAsked: () => void;
  readonly onAnswered: () => void;
  readonly onRequest: (document: vscode.TextDocument, position: vscode.Position) => number | undefined;
  /** A suggestion is about to be shown for that request; `text` is what it adds after the cursor. */
  readonly onSuggestion: (request: number, text: string) => void;
  /** The command that the editor runs when the suggestion is accepted, with the request as its argument. */
  readonly acceptedCommand: string;
}

type Result = vscode.InlineCompletionItem[] | vscode.InlineCompletionList | null | undefined;

export function inlineMiddleware(parts: InlineParts): Pick<Middleware, "provideInlineCompletionItems"> {
  return {
    provideInlineCompletionItems: async (document, position, context, token, next): Promise<Result> => {
      const reason = parts.whyOff(document);
      if (reason !== undefined) {
        parts.onOff(reason);
        return undefined;
      }
      const mayAsk = parts.mayAsk(context.triggerKind, token);
      if (mayAsk === false || (mayAsk !== true && !(await mayAsk))) return undefined;
      const request = parts.onRequest(document, position);
      parts.onAsked();
      try {
        const result = await next(document, position, context, token);
        if (request !== undefined && !token.isCancellationRequested) watchFirst(itemsOf(result)[0], position, request, parts);
        return result;
      } finally {
        parts.onAnswered();
      }
    },
  };
}

/** The sidecar gives one item; that one is what the editor shows. */
function watchFirst(item: vscode.InlineCompletionItem | undefined, position: vscode.Position, request: number, parts: InlineParts): void {
  if (item === undefined) return;
  const plain: SuggestionItem = {
    text: typeof item.insertText === "string" ? item.insertText : item.insertText.value,
    startCharacter: item.range?.start.character ?? position.character,
  };
  parts.onSuggestion(request, insertedText(plain, position.character));
  item.command = { command: parts.acceptedCommand, title: "", arguments: [request] };
}

function itemsOf(result: Result): readonly vscode.InlineCompletionItem[] {
  if (result === undefined || result === null) return [];
  return Array.isArray(result) ? result : result.items;
}
