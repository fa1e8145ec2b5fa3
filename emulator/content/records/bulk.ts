import * as z from "zod";
import type { Reply } from "../../call.ts";
import { Refusal } from "../../errors.ts";
import { type ContentCall, type Edit, editOf, found, inJob } from "../edit.ts";
import { readBody } from "../readBody.ts";
import { assertUnlocked } from "./locks.ts";
import { publish } from "./publish.ts";
import { destroyItem, unpublish } from "./withdraw.ts";
import { updateItem } from "./write.ts";

const MOST = 200;

const request = z.object({
  data: z.object({
    attributes: z.object({ stage: z.string() }).partial().optional(),
    relationships: z.object({
      items: z.object({
        data: z
          .array(z.object({ id: z.string() }))
          .min(1)
          .max(MOST),
      }),
    }),
  }),
});

/** `POST /items/bulk/publish` */
export function bulkPublish(call: ContentCall): Reply {
  const together = call.state.settings.contentUnknowns.bulkPublishLinks === "together";
  return each(call, (edit, id, ids) =>
    publish(edit, found(edit.content.items.get(id)), together ? { together: ids } : {}),
  );
}

/** `POST /items/bulk/unpublish` */
export function bulkUnpublish(call: ContentCall): Reply {
  return each(call, (edit, id) => unpublish(edit, found(edit.content.items.get(id))));
}

/** `POST /items/bulk/destroy` */
export function bulkDestroy(call: ContentCall): Reply {
  return each(call, (edit, id) => destroyItem(edit, id));
}

/** `POST /items/bulk/move-to-stage` */
export function bulkMoveToStage(call: ContentCall): Reply {
  const stage = readBody(request, call.body).data.attributes?.stage;
  if (stage === undefined) throw new Refusal("INVALID_FORMAT", { messages: ["stage is missing"] });
  const nothingElse = {
    creator: undefined,
    createdAt: undefined,
    firstPublishedAt: undefined,
    seenVersion: undefined,
  };
  return each(call, (edit, id) => updateItem(edit, id, { attributes: {}, stage, ...nothingElse }));
}

/** Does it for each record on its own; the job tells no more than how many it worked for (facts 5.1). */
function each(call: ContentCall, act: (edit: Edit, id: string, ids: ReadonlySet<string>) => unknown): Reply {
  const ids = readBody(request, call.body).data.relationships.items.data.map(({ id }) => id);
  const edit = editOf(call);
  const all = new Set(ids);
  let successful = 0;
  for (const id of ids) {
    const done = isDone(edit, () => {
      assertUnlocked(edit.content, id);
      act(edit, id, all);
    });
    if (done) successful++;
  }
  return inJob(call, { data: [], meta: { successful, failed: ids.length - successful } });
}

function isDone({ content }: Edit, act: () => unknown): boolean {
  try {
    content.atomically(act);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}
