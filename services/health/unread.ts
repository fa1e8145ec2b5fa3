import type { Failure } from "../../utils/errors.ts";
import { REDIRECTED } from "../datocms/calls.ts";
import type { Line } from "./finding.ts";

type Words = Required<Omit<Line, "level">>;

/** Why DatoCMS could not be asked, parted into what is and what to do. */
export function whyUnread({ cause, sentence, facts }: Failure): Words {
  const status = facts?.datocmsStatus;
  if (typeof status === "number" && status >= 300 && status < 400) return { code: cause, ...REDIRECTED };
  switch (cause) {
    case "INVALID_API_TOKEN":
      return {
        code: cause,
        sentence: "DatoCMS does not accept the API token.",
        advice: "Put a valid one of this project into DATOCMS_FULLACCESS_API_TOKEN, then redeploy.",
      };
    case "INSUFFICIENT_PERMISSIONS":
      return {
        code: cause,
        sentence: "DatoCMS does not let this API token read the project.",
        advice:
          "In DatoCMS, give the token access to the Content Management API and a role that may manage environments and see all of them.",
      };
    case "DATOCMS_UNAVAILABLE":
      return {
        code: cause,
        sentence: "DatoCMS gives no usable answer at the moment.",
        advice: "Check again in a few minutes. If it goes on, see status.datocms.com.",
      };
    case "RATE_LIMITED":
      return {
        code: cause,
        sentence: "DatoCMS allows no more calls at the moment (rate limit).",
        advice: "Check again in a minute.",
      };
    default:
      return { code: cause, sentence, advice: "Check again, and look the code up in the README." };
  }
}
