// Owns what is said where an engine can't be fetched: why, and what to do, as a sentence each. Pure.
import { t } from "../../l10n";
import { type EnginePackage, wantedOf } from "./enginePackage";
import type { NpmEnd } from "./npmClient";

export function shortageText(free: number, wanted: number): string {
  return t("The disk has {0} MB free, the engine needs {1} MB: make room and choose the graphics card again.", megabytes(free), megabytes(wanted));
}

export function missingText(name: string): string {
  return t("npm has not installed {0}: it is not made for this machine, or came without its libraries. Nothing is changed.", name);
}

export function otherPackageText(name: string): string {
  return t("{0} is another package than the one that was chosen (its checksum differs): it was deleted, and nothing is changed.", name);
}

export function noNpmText(packages: readonly EnginePackage[], folder: string): string {
  return t(
    "npm, which gets the engine, is not on PATH. Install Node.js, which brings it, start the editor anew and choose again; or unpack {0} into {1}.",
    packages.map(wantedOf).join(", "), folder,
  );
}

const networkCodes = [
  "ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "EHOSTUNREACH", "EPIPE", "ERR_SOCKET_TIMEOUT",
  "ERR_INVALID_PROTOCOL", "FETCH_ERROR", "EPROTO",
];

export function npmErrorText({ code, lastWords }: NpmEnd, packages: readonly EnginePackage[]): string {
  switch (code) {
    case "E404":
    case "ETARGET":
    case "ENOVERSIONS":
      return t("The registry that npm is set to doesn't have {0} ({1}): set another one for npm, and choose the graphics card again.",
        packages.map(wantedOf).join(", "), code);
    case "E401":
    case "E403":
    case "ENEEDAUTH":
      return t("The registry that npm is set to doesn't give the engine out ({0}): log in with npm, or set another registry for it.", code);
    case "ENOSPC":
      return t("The disk is full: make room and choose the graphics card again.");
    case "EINTEGRITY":
    case "EBADSIZE":
    case "TAR_BAD_ARCHIVE":
      return t("The engine arrived damaged ({0}) and was deleted: choose the graphics card again.", code);
    case "EBADPLATFORM":
      return t("npm says that the engine is not made for this machine: {0}", lastWords);
    default:
      return code !== undefined && networkCodes.includes(code)
        ? t("The download broke off ({0}): check the connection and npm's proxy settings, and choose the graphics card again.", code)
        : t("npm could not install the engine, and nothing is changed: {0}", lastWords === "" ? (code ?? t("it ended by itself.")) : lastWords);
  }
}

export function fileErrorText(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC") return t("The disk is full: make room and choose the graphics card again.");
  return t("The engine's folder could not be written, and nothing is changed: {0}", message);
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
