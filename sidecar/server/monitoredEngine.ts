// Owns that the monitor hears of every fact that the engine hears of: what is asked about a document is asked of its text.
// Decides nothing; knows no model.
import type { MonitorService } from "../monitors/monitorService";
import type { ModelStatus, Statistics } from "../protocol/data";
import type { SessionEvent, SessionQuestions, SessionReply } from "../session/events";
import type { EngineSide } from "./dispatch";
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
