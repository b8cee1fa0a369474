// Owns how many threads the engine computes with: as many as are free, never more than its maximum. Pure: measurements in, a count out.
// llama.cpp's threads meet at spinning barriers after every operation; one that another program keeps waiting holds up all of them,
// a hundredfold (48 tokens with 2 threads beside 2 busy loops: 42 s; with 1 thread: 0.54 s). So it drops at once and climbs when it is quiet.

export interface GovernorOptions {
  readonly cores: number;
  /** 1 or more. */
  readonly threadsMax: number;
}

/** One call of the engine. */
export interface EngineStep {
  readonly tokens: number;
  readonly durationMs: number;
  /** A rotation of keys was paid in it: such a step says nothing about threads. */
  readonly rotated: boolean;
}

/** A step so many times slower a token than the best of its kind is slow; one beyond `hopeless` needs no second witness. */
const slowFactor = 3;
const hopelessFactor = 8;
/** More threads that are this much slower than fewer were are too many. */
const fewerFactor = 1.5;
/** Steps shorter than this are noise. */
const noiseMs = 2;
const climbDelayMsMin = 250;
const climbDelayMsMax = 4_000;
/** Where the load can't be measured, a climb is a guess that may cost a second: it is tried more and more rarely. */
const guessDelayMsMin = 4_000;
const guessDelayMsMax = 60_000;

export class ThreadGovernor {
  private current: number;
  /** The best milliseconds a token by thread count and size of step. */
  private readonly bestMs = new Map<string, number>();
  private suspicion = 0;
  private quietSinceMs: number | undefined;
  /** Grows when climbing proved wrong. */
  private climbDelayMs = 0;
  private climbing = false;
  private goodSteps = 0;
  private freeCores: number;
  private guessing = false;

  constructor(private options: GovernorOptions) {
    this.current = Math.max(1, Math.min(options.cores, options.threadsMax));
    this.freeCores = options.cores;
  }

  /** Leaves a core to the editor and everything else. */
  static threadsMaxDefault(cores: number): number {
    return Math.max(1, cores - 1);
  }

  get threads(): number {
    return this.current;
  }

  /** Fewer take effect at the next step; more are climbed to. */
  setThreadsMax(threadsMax: number): void {
    this.options = { ...this.options, threadsMax };
    if (threadsMax < this.current) this.drop(threadsMax);
  }

  /** What other programs used of the machine of late, in cores. Called before a step, as often as there is a measurement. */
  noteLoad(othersCores: number, nowMs: number): void {
    this.guessing = false;
    this.follow(othersCores, nowMs);
  }

  /** Called before a step where the load can't be measured: only the steps themselves tell. */
  noteUnknownLoad(nowMs: number): void {
    this.guessing = true;
    this.follow(0, nowMs);
  }

  noteStep({ tokens, durationMs, rotated }: EngineStep): void {
    if (rotated || tokens < 1) return;
    const kind = kindOf(tokens);
    const ms = durationMs / tokens;
    const reference = this.referenceMs(kind);
    if (this.current > 1 && durationMs > noiseMs && reference !== undefined && ms > reference) return this.noteSlow(kind, ms / reference);
    this.suspicion = 0;
    this.goodSteps += 1;
    if (this.climbing && this.goodSteps >= 20) {
      this.climbing = false;
      this.climbDelayMs = 0;
    }
    // The best drifts upwards, because attention costs more in a longer context.
    const key = `${this.current} ${kind}`;
    this.bestMs.set(key, Math.min(ms, (this.bestMs.get(key) ?? ms) * 1.01));
  }

  private follow(othersCores: number, nowMs: number): void {
    const { cores, threadsMax } = this.options;
    this.freeCores = cores - othersCores;
    const room = Math.max(1, Math.floor(this.freeCores + 0.5));
    if (room < this.current) return this.drop(room);
    // A guess goes up gently: each step down again costs slow tokens.
    const upMost = this.guessing ? 2 * this.current : threadsMax;
    const wanted = Math.min(threadsMax, upMost, Math.floor(this.freeCores + 0.3));
    if (wanted <= this.current) {
      this.quietSinceMs = undefined;
      return;
    }
    this.quietSinceMs ??= nowMs;
    if (nowMs - this.quietSinceMs < Math.max(this.climbDelayMs, this.guessing ? guessDelayMsMin : climbDelayMsMin)) return;
    this.current = wanted;
    this.climbing = true;
    this.settle();
  }

  /** Above this a step of the present thread count is slow. Undefined while nothing is known. */
  private referenceMs(kind: string): number | undefined {
    let reference = Infinity;
    for (let threads = 1; threads <= this.options.threadsMax; threads += 1) {
      const best = this.bestMs.get(`${threads} ${kind}`);
      if (best !== undefined) reference = Math.min(reference, best * this.factorFrom(threads));
    }
    return reference === Infinity ? undefined : reference;
  }

  /** How much slower than the best of `threads` a step may be: fewer threads than those share the work at worst evenly. */
  private factorFrom(threads: number): number {
    return threads < this.current ? fewerFactor : (slowFactor * threads) / this.current;
  }

  private noteSlow(kind: string, excess: number): void {
    this.suspicion += 1;
    this.goodSteps = 0;
    // A machine that has become slower for good is believed in the end.
    const key = `${this.current} ${kind}`;
    const best = this.bestMs.get(key);
    if (best !== undefined) this.bestMs.set(key, best * 1.05);
    if (this.suspicion < 2 && excess * slowFactor < hopelessFactor) return;
    // Dropped soon after climbing: the quiet was not what it seemed, wait longer before the next try.
    if (this.climbing) {
      const [min, max] = this.guessing ? [guessDelayMsMin, guessDelayMsMax] : [climbDelayMsMin, climbDelayMsMax];
      this.climbDelayMs = Math.min(max, 2 * Math.max(min, this.climbDelayMs));
    }
    this.drop(Math.min(this.current >> 1, Math.floor(this.freeCores)));
  }

  private drop(threads: number): void {
    this.current = Math.max(1, threads);
    this.climbing = false;
    this.settle();
  }

  private settle(): void {
    this.suspicion = 0;
    this.goodSteps = 0;
    this.quietSinceMs = undefined;
  }
}

/** Steps of like size compare: a token alone, a few, a batch. */
function kindOf(tokens: number): string {
  if (tokens === 1) return "one";
  if (tokens <= 4) return "few";
  return tokens <= 32 ? "some" : "many";
}
