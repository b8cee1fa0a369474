// Owns the short list of models to choose from: open ones that fill in the middle, as data. Each file is one revision of one
// repository, named with its length and SHA-256; where they are undefined, the server says them (docs/models.md).

export interface CatalogueModel {
  readonly id: string;
  readonly name: string;
  readonly licence: string;
  /** What the licence forbids, where it forbids something that matters here. */
  readonly restriction?: string;
  readonly languages: string;
  readonly url: string;
  /** Bytes of the file; roughly where `sha256` is undefined. */
  readonly bytes: number;
  readonly sha256: string | undefined;
  /** Bytes of keys and values for each cell of the cache, in F16: layers × key heads × (key + value) × 2. */
  readonly bytesPerCell: number;
  /** Why its cache can't be patched, so that edits are read again as other engines do; undefined where it can. */
  readonly unpatchable?: string;
}

const host = "https://huggingface.co";

export const catalogue: readonly CatalogueModel[] = [
  {
    id: "qwen2.5-coder-0.5b",
    name: "Qwen2.5-Coder 0.5B",
    licence: "Apache-2.0",
    languages: "92 languages",
    url: `${host}/ggml-org/Qwen2.5-Coder-0.5B-Q8_0-GGUF/resolve/main/qwen2.5-coder-0.5b-q8_0.gguf`,
    bytes: 531_000_000,
    sha256: undefined,
    bytesPerCell: 12_288,
  },
  {
    id: "qwen2.5-coder-1.5b",
    name: "Qwen2.5-Coder 1.5B",
    licence: "Apache-2.0",
    languages: "92 languages",
    url: `${host}/ggml-org/Qwen2.5-Coder-1.5B-Q8_0-GGUF/resolve/8be1b8a895a84beea772817caaa71eba6b6e0d07/qwen2.5-coder-1.5b-q8_0.gguf`,
    bytes: 1_646_573_056,
    sha256: "29871c94d15727a6e243f79a37113d4ae625a6215b5e800bf41a23af2da32832",
    bytesPerCell: 28_672,
  },
  {
    id: "qwen2.5-coder-3b",
    name: "Qwen2.5-Coder 3B",
    licence: "Qwen Research",
    restriction: "not for commercial use",
    languages: "92 languages",
    url: `${host}/ggml-org/Qwen2.5-Coder-3B-Q8_0-GGUF/resolve/9c1de162ae417c9c3aacde97c729c4128de047d8/qwen2.5-coder-3b-q8_0.gguf`,
    bytes: 3_285_476_160,
    sha256: "a522a906e299ed34db738b9626b2cd0da9e446c14674468a22fc2eae3dbd344d",
    bytesPerCell: 36_864,
  },
  {
    id: "mellum-4b",
    name: "JetBrains Mellum 4B",
    licence: "Apache-2.0",
    languages: "many languages, trained for completion alone",
    url: `${host}/JetBrains/Mellum-4b-base-gguf/resolve/main/mellum-4b-base.Q8_0.gguf`,
    bytes: 4_300_000_000,
    sha256: undefined,
    bytesPerCell: 368_640,
  },
  {
    id: "qwen2.5-coder-7b",
    name: "Qwen2.5-Coder 7B",
    licence: "Apache-2.0",
    languages: "92 languages",
    url: `${host}/ggml-org/Qwen2.5-Coder-7B-Q8_0-GGUF/resolve/bca77e0a8c88fc224882bcc404170c3ef17efacc/qwen2.5-coder-7b-q8_0.gguf`,
    bytes: 8_098_525_600,
    sha256: "0ef48dc94a3c551a6736ac2601de38413dc9aa9318534b16e8baee08290a4aaf",
    bytesPerCell: 57_344,
  },
  {
    id: "granite-4.0-h-1b",
    name: "IBM Granite 4.0 H 1B",
    licence: "Apache-2.0",
    languages: "many languages, also trained to converse",
    url: `${host}/ibm-granite/granite-4.0-h-1b-GGUF/resolve/main/granite-4.0-h-1b-Q8_0.gguf`,
    bytes: 1_559_000_000,
    sha256: undefined,
    bytesPerCell: 8_192,
    unpatchable: "it has recurrent layers",
  },
];
