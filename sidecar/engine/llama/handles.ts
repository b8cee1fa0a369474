// Owns the lifetimes of native objects: each is freed exactly once, and none is used after that. Knows no port.
import { EngineError } from "../engine";
import type { StructValue } from "./layout";
import { ModelFileError } from "./modelFile";
import { addressOf } from "./symbols";
import type { Library, Pointer } from "./symbols";

/** A native object with the function that frees it. */
class Handle {
  private held: Pointer | undefined;
  constructor(private readonly what: string, pointer: Pointer, private readonly free: (pointer: Pointer) => void) {
    this.held = pointer;
  }

  /** @throws EngineError when it is closed. */
  get pointer(): Pointer {
    if (this.held === undefined) throw new EngineError(`the ${this.what} is closed`);
    return this.held;
  }

  get isOpen(): boolean {
    return this.held !== undefined;
  }

  assertOpen(): void {
    if (this.held === undefined) throw new EngineError(`the ${this.what} is closed`);
  }

  close(): void {
    const pointer = this.held;
    this.held = undefined;
    if (pointer !== undefined) this.free(pointer);
  }
}

export class ModelHandle extends Handle {
  /** Pairs with `close`. @throws ModelFileError where llama.cpp refuses the file, or `goesOn` gives false. */
  static load(library: Library, path: string, parameters: Readonly<StructValue>, goesOn: (fraction: number) => boolean = () => true): ModelHandle {
    const { symbols } = library;
    let isWanted = true;
    const progress = library.newProgressCallback((fraction) => (isWanted &&= goesOn(fraction)));
    const asked = { ...symbols.modelDefaultParams(), ...parameters, progress_callback: progress.address };
    const load = (): Pointer | null => symbols.modelLoadFromFile(path, asked);
    try {
      return ModelHandle.loaded(library, path, load, () => isWanted);
    } finally {
      progress.release();
    }
  }

  private static loaded(library: Library, path: string, load: () => Pointer | null, isWanted: () => boolean): ModelHandle {
    const { symbols } = library;
    const pointer = load();
    if (pointer === null && !isWanted()) throw new ModelFileError(`The model ${path} was no longer wanted while it was loaded.`);
    if (pointer === null) {
      throw new ModelFileError(
        `llama.cpp ${library.files.release} can't load the model ${path}: ${whyNot(library, load, symbols.modelFree)}. ` +
        `Choose a model that this release knows.`,
      );
    }
    return new ModelHandle("model", pointer, symbols.modelFree);
  }
}

export class ContextHandle extends Handle {
  /** Pairs with `close`, which comes before the model's. @throws ModelFileError where there is no memory, or the parameters don't fit the model. */
  static open(library: Library, model: ModelHandle, parameters: Readonly<StructValue>): ContextHandle {
    const { symbols } = library;
    const open = (): Pointer | null => symbols.initFromModel(model.pointer, { ...symbols.contextDefaultParams(), ...parameters });
    const pointer = open();
    if (pointer === null) {
      throw new ModelFileError(
        `llama.cpp can't open a context of ${String(parameters["n_ctx"])} tokens: ${whyNot(library, open, symbols.contextFree)}. ` +
        `Try a shorter one with --context.`,
      );
    }
    return new ContextHandle("context", pointer, symbols.contextFree);
  }
}

/** Tries again, for what llama.cpp says to it; should it work this time, what it made is freed. */
function whyNot(library: Library, attempt: () => Pointer | null, free: (pointer: Pointer) => void): string {
  const told = library.explain(() => {
    const pointer = attempt();
    if (pointer !== null) free(pointer);
  });
  return told === "" ? "it says no more" : told;
}

/**
 * A batch for one sequence: our arrays, whose addresses the struct holds.
 * The arrays are fields because native code reads them in every decode; each is longer than the 64 bytes up to which V8 may move it.
 */
export class Batch {
  private readonly tokens: Int32Array;
  private readonly positions: Int32Array;
  private readonly wanted: Int8Array;
  private readonly sequence = new Int32Array(32);
  private readonly sequenceCounts: Int32Array;
  private readonly sequencePointers: BigUint64Array;
  private readonly struct: StructValue;

  constructor(readonly tokensMax: number) {
    const length = Math.max(tokensMax, 128);
    this.tokens = new Int32Array(length);
    this.positions = new Int32Array(length);
    this.wanted = new Int8Array(length);
    this.sequenceCounts = new Int32Array(length).fill(1);
    this.sequencePointers = new BigUint64Array(length).fill(addressOf(this.sequence));
    this.struct = {
      n_tokens: 0, token: addressOf(this.tokens), embd: null, pos: addressOf(this.positions),
      n_seq_id: addressOf(this.sequenceCounts), seq_id: addressOf(this.sequencePointers), logits: addressOf(this.wanted),
    };
  }

  /** The struct to pass, valid until the next `fill`. Rows from `firstWanted` on get logits. */
  fill(sequence: number, start: number, tokens: Int32Array, firstWanted: number): StructValue {
    this.sequence[0] = sequence;
    this.tokens.set(tokens);
    for (let index = 0; index < tokens.length; index += 1) {
      this.positions[index] = start + index;
      this.wanted[index] = firstWanted <= index ? 1 : 0;
    }
    this.struct["n_tokens"] = tokens.length;
    return this.struct;
  }
}
