import * as z from "zod";

/** What each vendor documents that it takes; strict, so that a misspelt member shows. */

const plainText = (most: number) =>
  z.strictObject({
    type: z.literal("plain_text"),
    text: z.string().min(1).max(most),
    emoji: z.boolean().optional(),
  });

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, …/reference/block-kit/blocks */
export const SlackMessage = z.strictObject({
  text: z.string().min(1).max(40_000),
  blocks: z
    .array(
      z.discriminatedUnion("type", [
        z.strictObject({ type: z.literal("header"), text: plainText(150) }),
        z.strictObject({ type: z.literal("section"), text: plainText(3_000) }),
      ]),
    )
    .min(1)
    .max(50),
});

/** https://docs.discord.com/developers/resources/webhook#execute-webhook, …/message#embed-object */
export const DiscordMessage = z.strictObject({
  content: z.string().max(2_000).optional(),
  allowed_mentions: z.strictObject({ parse: z.array(z.never()) }),
  embeds: z
    .array(
      z
        .strictObject({
          title: z.string().min(1).max(256),
          description: z.string().min(1).max(4_096),
          color: z.int().min(0).max(0xffffff),
        })
        .refine(({ title, description }) => title.length + description.length <= 6_000),
    )
    .min(1)
    .max(10),
});

const address = z.string().regex(/^(?:[^<>]+<[^@\s]+@[^@\s]+>|[^@\s]+@[^@\s]+)$/);
/** https://resend.com/docs/api-reference/emails/send-email */
export const ResendEmail = z.strictObject({
  from: address,
  to: z.array(address).min(1).max(50),
  subject: z.string().min(1).max(998),
  text: z.string().min(1),
  html: z.string().startsWith("<p>").endsWith("</p>"),
});

/** The webhook's own, as docs/alerts.md documents it. */
export const WebhookEvent = z.strictObject({
  version: z.literal(1),
  id: z.string().min(1),
  type: z.enum(["backup.failed", "backup.late", "backup.recovered", "backup.success", "backup.test"]),
  timestamp: z.iso.datetime(),
  data: z.strictObject({
    cadence: z.enum(["daily", "weekly", "biweekly", "monthly"]).nullable(),
    date: z.iso.date(),
    title: z.string().min(1),
    sentence: z.string().min(1),
    advice: z.string().nullable(),
    cause: z
      .string()
      .regex(/^[A-Z_]+$/)
      .nullable(),
    environmentId: z.string().nullable(),
    lastCopyAt: z.iso.datetime().nullable(),
  }),
});

/** https://healthchecks.io/docs/http_api/: a run's id is a UUID. */
export const RunId = z.uuid();
