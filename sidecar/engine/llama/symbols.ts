// Owns every native function, declared once: the only file that knows koffi. Turns nothing into errors but what loading itself refuses.
// Pointers are addresses. What is passed as a typed array is only read or written during the call.
import koffi from "koffi";
import type { LibraryHandle } from "koffi";
import { join, sep } from "node:path";
import { batchLayout, contextParamsLayout, layoutFault, modelParamsLayout } from "./layout";
import type { FieldType, StructLayout, StructValue } from "./layout";
import { LibraryError } from "./library";
import type { LibraryFiles } from "./library";

/** An address in native memory. */
export type Pointer = bigint & { readonly __native: "pointer" };

export interface Symbols {
  readonly supportsGpuOffload: () => boolean;
  readonly modelDefaultParams: () => StructValue;
  readonly contextDefaultParams: () => StructValue;
  readonly modelLoadFromFile: (path: string, params: StructValue) => Pointer | null;
  readonly modelFree: (model: Pointer) => void;
  readonly modelGetVocab: (model: Pointer) => Pointer;
  readonly modelParameterCount: (model: Pointer) => number | bigint;
  readonly modelSlidingWindow: (model: Pointer) => number;
  readonly modelRopeType: (model: Pointer) => number;
  readonly modelIsRecurrent: (model: Pointer) => boolean;
  readonly modelIsHybrid: (model: Pointer) => boolean;
  readonly initFromModel: (model: Pointer, params: StructValue) => Pointer | null;
  readonly contextFree: (context: Pointer) => void;
  readonly contextLength: (context: Pointer) => number;
  readonly setThreads: (context: Pointer, threads: number, threadsBatch: number) => void;
  readonly getMemory: (context: Pointer) => Pointer | null;
  readonly memoryCanShift: (memory: Pointer) => boolean;
  readonly memoryRemove: (memory: Pointer, sequence: number, start: number, end: number) => boolean;
  readonly memoryCopy: (memory: Pointer, from: number, to: number, start: number, end: number) => void;
  readonly memoryShift: (memory: Pointer, sequence: number, start: number, end: number, delta: number) => void;
  readonly memoryPositionMin: (memory: Pointer, sequence: number) => number;
  readonly memoryPositionMax: (memory: Pointer, sequence: number) => number;
  readonly stateSize: (context: Pointer, sequence: number) => number | bigint;
  readonly stateRead: (context: Pointer, out: Uint8Array, bytes: number, sequence: number) => number | bigint;
  readonly stateWrite: (context: Pointer, state: Uint8Array, bytes: number, sequence: number) => number | bigint;
  readonly setAbortCallback: (context: Pointer, callback: Pointer | null, data: null) => void;
  readonly decode: (context: Pointer, batch: StructValue) => number;
  readonly logitsRow: (context: Pointer, row: number) => Pointer | null;
  readonly vocabTokenCount: (vocab: Pointer) => number;
  readonly vocabText: (vocab: Pointer, token: number) => string | null;
  readonly vocabIsEndOfGeneration: (vocab: Pointer, token: number) => boolean;
  readonly vocabIsControl: (vocab: Pointer, token: number) => boolean;
  readonly vocabBegin: (vocab: Pointer) => number;
  readonly vocabAddsBegin: (vocab: Pointer) => boolean;
  readonly vocabFimPrefix: (vocab: Pointer) => number;
  readonly vocabFimSuffix: (vocab: Pointer) => number;
  readonly vocabFimMiddle: (vocab: Pointer) => number;
  readonly vocabFimSeparator: (vocab: Pointer) => number;
  readonly vocabFimPad: (vocab: Pointer) => number;
  readonly vocabFimRepository: (vocab: Pointer) => number;
  readonly tokenize: (vocab: Pointer, text: Uint8Array, bytes: number, out: Int32Array, max: number, addSpecial: boolean, parseSpecial: boolean) => number;
  readonly tokenToPiece: (vocab: Pointer, token: number, out: Uint8Array, max: number, lstrip: number, special: boolean) => number;
}

export interface Library {
  readonly files: LibraryFiles;
  readonly symbols: Symbols;
  /** Makes a call that failed once more, and returns what llama.cpp logs as warnings and errors meanwhile. */
  explain(call: () => void): string;
  /** A function that native code may call on this thread while a call of ours runs. Pairs with `release`. */
  newCallback(ask: () => boolean): NativeCallback;
  /** The same for llama_progress_callback: `goesOn` hears how far loading has come, 0 to 1, and ends it with false. */
  newProgressCallback(goesOn: (fraction: number) => boolean): NativeCallback;
  /** Writes llama.cpp's log to standard error; it is silent otherwise. */
  setVerbose(verbose: boolean): void;
  /** What was freed, by whatever part of the process, goes back to the system; some milliseconds. */
  giveMemoryBack(): void;
}

/** A ggml_abort_callback or llama_progress_callback. */
export interface NativeCallback {
  readonly address: Pointer;
  release(): void;
}

const opened = new Map<string, Library>();

/**
 * Loads the libraries of a folder, once a thread, and asserts the struct layouts.
 * @throws LibraryError where the system can't load them or the layouts differ.
 */
export function openLibrary(files: LibraryFiles): Library {
  const before = opened.get(files.folder);
  if (before !== undefined) return before;
  let library: Library;
  try {
    library = load(files);
  } catch (error) {
    if (error instanceof LibraryError) throw error;
    throw new LibraryError(`The llama.cpp libraries in ${files.folder} can't be loaded: ${message(error)}. Install the package again, or another variant.`);
  }
  opened.set(files.folder, library);
  return library;
}

/** The address of an array's memory. The caller keeps the array for as long as the address is used; arrays over 64 bytes never move. */
export function addressOf(array: Int32Array | Int8Array | BigUint64Array): Pointer {
  return koffi.address(array) as Pointer;
}

let viewsAllowed = true;

/** `count` floats at an address: a view where the runtime allows one, else (Electron) a copy. */
export function floatsAt(address: Pointer, count: number): { readonly array: Float32Array; readonly isView: boolean } {
  if (viewsAllowed) {
    try {
      return { array: new Float32Array(koffi.view(address, count * 4)), isView: true };
    } catch {
      viewsAllowed = false;
    }
  }
  return { array: koffi.decode(address, koffi.array("float", count, "Typed")) as Float32Array, isView: false };
}

/**
 * The C library of Linux keeps freed blocks for itself once it has seen large ones come and go: caches that have been outgrown
 * stayed resident, 55 MB of them with the embedded model (396 MB against 341). With a fixed bound each large block is the system's
 * again when freed. Small ones lie scattered in what each thread has to itself: they go when asked, by what this returns.
 */
function tameAllocator(): () => void {
  const nothing = (): void => undefined;
  if (process.platform !== "linux") return nothing;
  const [mmapThreshold, bytes] = [-3, 1_048_576];
  let libc: ReturnType<typeof koffi.load>;
  try {
    libc = koffi.load("libc.so.6");
  } catch {
    // Another C library, which has habits of its own.
    return nothing;
  }
  libc.func("int mallopt(int, int)")(mmapThreshold, bytes);
  const trim = libc.func("int malloc_trim(size_t)");
  return () => void trim(0);
}

function load(files: LibraryFiles): Library {
  const giveMemoryBack = tameAllocator();
  // ggml first: libllama names it without a folder. Each build keeps to its own: names that all could see would be taken from the
  // build that was loaded first, and a graphics card that one for the processor knows nothing of would not be found.
  // Linux still gives libllama the ggml that was loaded first, where its file has the same name.
  const base = koffi.load(files.ggmlBase);
  const ggml = koffi.load(files.ggml);
  const llama = koffi.load(files.llama);
  const log = new NativeLog(silentFunction(base), llama);
  log.setVerbose(false);
  const loadBackends = ggml.func("void ggml_backend_load_all_from_path(const char* folder)");
  const loadFrom = (folder: string): void => void loadBackends(folder.endsWith(sep) ? folder : join(folder, sep));
  loadFrom(files.folder);
  for (const layout of [modelParamsLayout, contextParamsLayout, batchLayout]) declareStruct(layout);
  const symbols = declareSymbols(llama);
  // Two backends for one card would be two cards: a further one is for where the one before finds none.
  for (const folder of files.extraFolders) if (!symbols.supportsGpuOffload()) loadFrom(folder);
  const fault =
    layoutFault(modelParamsLayout, koffi.sizeof(modelParamsLayout.name), symbols.modelDefaultParams()) ??
    layoutFault(contextParamsLayout, koffi.sizeof(contextParamsLayout.name), symbols.contextDefaultParams()) ??
    layoutFault(batchLayout, koffi.sizeof(batchLayout.name), {});
  if (fault !== undefined) throw new LibraryError(`The libraries in ${files.folder} are not the llama.cpp ${files.release} that they say they are: ${fault}.`);
  const explain = (call: () => void): string => log.explain(call);
  return { files, symbols, explain, newCallback, newProgressCallback, setVerbose: (verbose) => log.setVerbose(verbose), giveMemoryBack };
}

function newCallback(ask: () => boolean): NativeCallback {
  const address = koffi.register(() => ask(), koffi.pointer(koffi.proto("bool (void* data)")));
  return { address: address as Pointer, release: () => koffi.unregister(address) };
}

function newProgressCallback(goesOn: (fraction: number) => boolean): NativeCallback {
  const address = koffi.register((fraction: number) => goesOn(fraction), koffi.pointer(koffi.proto("bool (float progress, void* data)")));
  return { address: address as Pointer, release: () => koffi.unregister(address) };
}

const koffiType: Readonly<Record<FieldType, string>> = { int32: "int32", uint32: "uint32", float: "float", bool: "bool", pointer: "void*", size: "size_t" };
const declared = new Set<string>();

function declareStruct(layout: StructLayout): void {
  if (declared.has(layout.name)) return;
  declared.add(layout.name);
  koffi.struct(layout.name, Object.fromEntries(Object.entries(layout.fields).map(([name, type]) => [name, koffiType[type]])));
}

function declareSymbols(llama: LibraryHandle): Symbols {
  // The signature is C's; the type is ours, and both stand side by side below and in the interface above.
  const native = <Call>(signature: string): Call => llama.func(signature) as unknown as Call;
  return {
    supportsGpuOffload: native("bool llama_supports_gpu_offload()"),
    modelDefaultParams: native("llama_model_params llama_model_default_params()"),
    contextDefaultParams: native("llama_context_params llama_context_default_params()"),
    modelLoadFromFile: native("void* llama_model_load_from_file(const char* path, llama_model_params params)"),
    modelFree: native("void llama_model_free(void* model)"),
    modelGetVocab: native("void* llama_model_get_vocab(void* model)"),
    modelParameterCount: native("uint64 llama_model_n_params(void* model)"),
    modelSlidingWindow: native("int32 llama_model_n_swa(void* model)"),
    modelRopeType: native("int32 llama_model_rope_type(void* model)"),
    modelIsRecurrent: native("bool llama_model_is_recurrent(void* model)"),
    modelIsHybrid: native("bool llama_model_is_hybrid(void* model)"),
    initFromModel: native("void* llama_init_from_model(void* model, llama_context_params params)"),
    contextFree: native("void llama_free(void* context)"),
    contextLength: native("uint32 llama_n_ctx(void* context)"),
    setThreads: native("void llama_set_n_threads(void* context, int32 threads, int32 threads_batch)"),
    getMemory: native("void* llama_get_memory(void* context)"),
    memoryCanShift: native("bool llama_memory_can_shift(void* memory)"),
    memoryRemove: native("bool llama_memory_seq_rm(void* memory, int32 sequence, int32 start, int32 end)"),
    memoryCopy: native("void llama_memory_seq_cp(void* memory, int32 from, int32 to, int32 start, int32 end)"),
    memoryShift: native("void llama_memory_seq_add(void* memory, int32 sequence, int32 start, int32 end, int32 delta)"),
    memoryPositionMin: native("int32 llama_memory_seq_pos_min(void* memory, int32 sequence)"),
    memoryPositionMax: native("int32 llama_memory_seq_pos_max(void* memory, int32 sequence)"),
    stateSize: native("size_t llama_state_seq_get_size(void* context, int32 sequence)"),
    stateRead: native("size_t llama_state_seq_get_data(void* context, void* out, size_t bytes, int32 sequence)"),
    stateWrite: native("size_t llama_state_seq_set_data(void* context, const void* state, size_t bytes, int32 sequence)"),
    setAbortCallback: native("void llama_set_abort_callback(void* context, void* callback, void* data)"),
    decode: native("int32 llama_decode(void* context, llama_batch batch)"),
    logitsRow: native("void* llama_get_logits_ith(void* context, int32 row)"),
    vocabTokenCount: native("int32 llama_vocab_n_tokens(void* vocab)"),
    vocabText: native("const char* llama_vocab_get_text(void* vocab, int32 token)"),
    vocabIsEndOfGeneration: native("bool llama_vocab_is_eog(void* vocab, int32 token)"),
    vocabIsControl: native("bool llama_vocab_is_control(void* vocab, int32 token)"),
    vocabBegin: native("int32 llama_vocab_bos(void* vocab)"),
    vocabAddsBegin: native("bool llama_vocab_get_add_bos(void* vocab)"),
    vocabFimPrefix: native("int32 llama_vocab_fim_pre(void* vocab)"),
    vocabFimSuffix: native("int32 llama_vocab_fim_suf(void* vocab)"),
    vocabFimMiddle: native("int32 llama_vocab_fim_mid(void* vocab)"),
    vocabFimSeparator: native("int32 llama_vocab_fim_sep(void* vocab)"),
    vocabFimPad: native("int32 llama_vocab_fim_pad(void* vocab)"),
    vocabFimRepository: native("int32 llama_vocab_fim_rep(void* vocab)"),
    tokenize: native("int32 llama_tokenize(void* vocab, const void* text, int32 bytes, void* out, int32 max, bool add_special, bool parse_special)"),
    tokenToPiece: native("int32 llama_token_to_piece(void* vocab, int32 token, void* out, int32 max, int32 lstrip, bool special)"),
  };
}

/**
 * A function that does nothing is wanted; reading the time comes closest, and ignores what it is passed. It is the program's own,
 * which stays as long as the process: a build's goes with the build, whose libllama may log through the ggml of another.
 */
function silentFunction(base: LibraryHandle): Pointer {
  try {
    return koffi.load(null).symbol("uv_hrtime") as Pointer;
  } catch {
    // A program that shows none of its names: the build stays for its sake.
    heldForSilence.push(base);
    return base.symbol("ggml_time_us") as Pointer;
  }
}

const heldForSilence: LibraryHandle[] = [];

/**
 * llama.cpp's log. It is one for the whole process and may be called from any of its threads, so that a function of ours
 * stands there only while a failed call is made again: one left behind by a thread that has ended would end the process.
 */
class NativeLog {
  private static readonly warning = 3;
  private static readonly error = 4;
  private readonly setter: (callback: bigint | null, data: null) => void;
  private verbose = false;

  constructor(private readonly silence: Pointer, llama: LibraryHandle) {
    // It sets ggml's too, in the copy of ggml that libllama uses: that of another build, where one was loaded before.
    this.setter = llama.func("void llama_log_set(void* callback, void* data)") as unknown as typeof this.setter;
  }

  setVerbose(verbose: boolean): void {
    this.verbose = verbose;
    this.set(verbose ? null : this.silence);
  }

  explain(call: () => void): string {
    const lines: string[] = [];
    const collect = (level: number, text: string): void => {
      if (NativeLog.warning <= level && level <= NativeLog.error && text.trim() !== "") lines.push(text.trim());
    };
    const callback = koffi.register(collect, koffi.pointer(koffi.proto("void (int32 level, const char* text, void* data)")));
    this.set(callback);
    try {
      call();
    } finally {
      this.setVerbose(this.verbose);
      koffi.unregister(callback);
    }
    return lines.slice(-8).join("; ");
  }

  private set(callback: bigint | null): void {
    this.setter(callback, null);
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
