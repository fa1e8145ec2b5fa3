import type { Content } from "../content.ts";
import { instantOf } from "../dates.ts";
import { numberIn } from "../exactNumbers.ts";
import type { Upload } from "../uploads/upload.ts";
import { isNode, nodesIn } from "./dast.ts";

type Options = Readonly<Record<string, unknown>>;

/** @returns whether a value that is not null keeps a validator */
type Rule = (value: unknown, options: Options, content: Content) => boolean;

const EMAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;
const URL_FORM = /^https?:\/\/\S+$/;

/** The validators that look at a value alone, by name (facts 1.3). Others have their own place. */
const rules: Readonly<Record<string, Rule>> = {
  length: (value, options) => {
    const length = typeof value === "string" ? [...value].length : textLength(value);
    const { eq, min, max } = options;
    return (eq === undefined || length === eq) && within(length, { min, max });
  },
  format: (value, { custom_pattern, predefined_pattern }) => {
    if (typeof value !== "string" || value === "") return true;
    if (typeof custom_pattern === "string") return new RegExp(custom_pattern).test(value);
    return (predefined_pattern === "email" ? EMAIL : URL_FORM).test(value);
  },
  slug_format: (value, { custom_pattern, predefined_pattern }) => {
    if (typeof value !== "string" || value === "") return true;
    const pattern = typeof custom_pattern === "string" ? custom_pattern : "^[a-z0-9_]+(?:-[a-z0-9_]+)*$";
    return predefined_pattern === undefined && custom_pattern === undefined
      ? true
      : new RegExp(pattern).test(value);
  },
  enum: (value, { values }) => value === "" || !Array.isArray(values) || values.includes(value),
  number_range: (value, options) => within(numberIn(value), options),
  date_range: withinDates,
  date_time_range: withinDates,
  size: (value, { min, max, eq, multiple_of }) => {
    if (!Array.isArray(value)) return true;
    const { length } = value;
    const fits = typeof multiple_of !== "number" || length % multiple_of === 0;
    return fits && (eq === undefined || length === eq) && within(length, { min, max });
  },
  extension: (value, { extensions, predefined_list }, content) => {
    const allowed = Array.isArray(extensions) ? extensions : listOf(predefined_list);
    return uploadsIn(value, content).every(({ format }) => allowed.includes(format?.toLowerCase()));
  },
  file_size: (value, { min_value, max_value, min_unit, max_unit }, content) =>
    uploadsIn(value, content).every(({ file }) =>
      within(file.size, { min: bytesOf(min_value, min_unit), max: bytesOf(max_value, max_unit) }),
    ),
  image_dimensions: (value, options, content) =>
    uploadsIn(value, content).every(
      ({ file }) =>
        within(file.width, { min: options.width_min_value, max: options.width_max_value }) &&
        within(file.height, { min: options.height_min_value, max: options.height_max_value }),
    ),
  required_alt_title: (value, { alt, title }) =>
    [value].flat().every((each) => isNode(each) && (!alt || !!each.alt) && (!title || !!each.title)),
  required_seo_fields: (value, { title, description, image }) =>
    isNode(value) &&
    (!title || !!value.title) &&
    (!description || !!value.description) &&
    (!image || !!value.image),
};

export function rulesOf(validator: string): Rule | undefined {
  return Object.hasOwn(rules, validator) ? rules[validator] : undefined;
}

function within(value: number | null | undefined, { min, max }: Options): boolean {
  if (value === null || value === undefined) return true;
  return (typeof min !== "number" || value >= min) && (typeof max !== "number" || value <= max);
}

function withinDates(value: unknown, { min, max }: Options): boolean {
  const instant = (date: unknown) => (typeof date === "string" ? instantOf(date) : undefined);
  return within(instant(value), { min: instant(min), max: instant(max) });
}

function textLength(value: unknown): number {
  return [...nodesIn(value)].reduce(
    (sum, node) => sum + (typeof node.value === "string" ? node.value.length : 0),
    0,
  );
}

function uploadsIn(value: unknown, content: Content): Upload[] {
  return [value].flat().flatMap((each) => {
    const id = isNode(each) ? each.upload_id : undefined;
    return (typeof id === "string" && content.uploads.get(id)) || [];
  });
}

function listOf(name: unknown): string[] {
  if (name === "image") return ["png", "jpg", "jpeg", "gif", "webp", "svg", "avif", "tiff", "bmp"];
  if (name === "transformable_image") return ["png", "jpg", "jpeg", "gif", "webp", "tiff", "bmp"];
  if (name === "video") return ["mp4", "mov", "webm", "avi"];
  return ["pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "txt"];
}

function bytesOf(value: unknown, unit: unknown): number | undefined {
  if (typeof value !== "number") return undefined;
  return value * (unit === "MB" ? 1024 * 1024 : unit === "KB" ? 1024 : 1);
}
