// Owns that the monitor hears of every fact that the engine hears of: what is asked about a document is asked of its text; and
// that it rests while no model is loaded. Decides nothing; knows no model.
import type { MonitorService } from "../monitors/monitorService";
import type { ModelStatus, Statistics } from "../protocol/data";
import type { SessionEvent, SessionQuestions, SessionReply } from "../session/events";
import type { EngineSide } from "./dispatch";
import type { EngineHostListener } from "./engineHost";
import type { QuestionKind, QuestionOf } from "./engineMessages";
import type { RunningCompletion } from "./engineThread";

export class MonitoredEngine implements EngineSide {
  constructor(private readonly engine: EngineSide, private readonly monitor: MonitorService) {}

  get status(): ModelStatus {
    return this.engine.status;
  }

  post(event: SessionEvent): number {
    this.monitor.apply(event);
    return this.engine.post(event);
  }

  ask<Kind extends QuestionKind>(question: QuestionOf<Kind>): Promise<SessionReply<SessionQuestions[Kind]["answer"]>> {
    return this.engine.ask<Kind>(question);
  }

  complete(ask: SessionQuestions["complete"]["ask"], version: number): RunningCompletion {
    return this.engine.complete(ask, version);
  }

  monitorFigures(): Pick<Statistics, "monitorSources"> {
    return { monitorSources: this.monitor.statistics() };
  }
}

/** The listener, behind a monitor that rests as the model does. */
export function restingWith(monitor: Pick<MonitorService, "rest" | "wake">, listener: EngineHostListener): EngineHostListener {
  return {
    modelStatus: (status) => {
      if (status.state.kind === "unloaded") monitor.rest();
      else monitor.wake();
      listener.modelStatus(status);
    },
    notice: (notice, at) => listener.notice(notice, at),
    overflow: (uri) => listener.overflow(uri),
    trouble: (message) => listener.trouble(message),
    refused: (message) => listener.refused(message),
    settingFault: (message) => listener.settingFault(message),
    textsLost: (reason) => listener.textsLost(reason),
  };
}
