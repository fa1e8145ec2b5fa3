import * as z from "zod";

/** A node of structured text; what it holds besides depends on its type (facts 1.4). */
export type Node = Readonly<Record<string, unknown>>;

const Document = z.object({
  schema: z.literal("dast"),
  document: z.looseObject({
    type: z.literal("root"),
    children: z.array(z.looseObject({ type: z.string() })),
  }),
});

/** @returns whether a value is structured text; null and its like are not */
export function isStructuredText(value: unknown): value is z.infer<typeof Document> {
  return Document.safeParse(value).success;
}

/** @returns the root node of structured text that is stored; undefined where there is none */
export function rootOf(value: unknown): Node | undefined {
  return isNode(value) && isNode(value.document) ? value.document : undefined;
}

/**
 * @param change gives the nodes that take a node's place: itself, others, or none; children come before parents
 * @returns the structured text with its nodes changed
 */
export function mapNodes(value: unknown, change: (node: Node) => readonly Node[]): unknown {
  const root = rootOf(value);
  if (root === undefined || !isNode(value)) return value;
  return { ...value, document: { ...root, children: changed(root, change) } };
}

function changed(node: Node, change: (node: Node) => readonly Node[]): Node[] {
  return childrenOf(node).flatMap((child) =>
    change("children" in child ? { ...child, children: changed(child, change) } : child),
  );
}

/** Every node of structured text but the root. */
export function* nodesIn(value: unknown): Generator<Node> {
  const root = rootOf(value);
  if (root !== undefined) yield* below(root);
}

function* below(node: Node): Generator<Node> {
  for (const child of childrenOf(node)) {
    yield child;
    yield* below(child);
  }
}

/** @returns whether it says nothing: no nodes, or only empty paragraphs (facts 5.4) */
export function isEmptyText(value: unknown): boolean {
  const root = rootOf(value);
  if (root === undefined) return true;
  return childrenOf(root).every(
    ({ type, ...rest }) =>
      type === "paragraph" && childrenOf(rest).every((child) => child.type === "span" && child.value === ""),
  );
}

export function childrenOf(node: Node): Node[] {
  return Array.isArray(node.children) ? node.children.filter(isNode) : [];
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @returns whether a node holds a block */
export function holdsBlock(node: Node): boolean {
  return node.type === "block" || node.type === "inlineBlock";
}

/** @returns the record that a node links to */
export function linkedBy(node: Node): string | undefined {
  const isLink = node.type === "itemLink" || node.type === "inlineItem";
  return isLink && typeof node.item === "string" ? node.item : undefined;
}
