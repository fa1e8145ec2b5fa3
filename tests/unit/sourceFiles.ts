import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** One import, export-from or dynamic import. */
export interface Import {
  readonly specifier: string;
  /** The path from the repository's root where the specifier is relative; else the specifier. */
  readonly target: string;
  readonly typeOnly: boolean;
  /** The whole statement. */
  readonly text: string;
}

export interface SourceFile {
  /** From the repository's root, with forward slashes. */
  readonly path: string;
  /** The first folder of its path; empty for a file of the root. */
  readonly folder: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  /** Whether its code, comments left out, speaks of the process's variables. */
  readonly usesProcessEnv: boolean;
}

/** Reads every .ts file of these folders (those that exist) as TypeScript does. */
export function sourceFiles(folders: readonly string[]): SourceFile[] {
  const present = new Set(readdirSync(ROOT));
  return folders
    .filter((folder) => present.has(folder))
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
        .map((entry) => posix.join(entry.parentPath.slice(ROOT.length), entry.name)),
    )
    .filter((path) => !path.includes("node_modules"))
    .map((path) => readSource(path, textOfSource(path)));
}

/** A file's text, by its path from the repository's root. */
export function textOfSource(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** Takes a file's text apart. */
export function readSource(path: string, text: string): SourceFile {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const imports: Import[] = [];
  let usesProcessEnv = false;

  const add = (node: ts.Node, specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const target = specifier.text.startsWith(".")
      ? posix.normalize(posix.join(posix.dirname(path), specifier.text))
      : specifier.text;
    imports.push({ specifier: specifier.text, target, typeOnly, text: node.getText(source) });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node, node.arguments[0], false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node, node.argument.literal, true);
    else if (ts.isIdentifier(node) && node.text === "process" && speaksOfEnv(node)) usesProcessEnv = true;
    ts.forEachChild(node, visit);
  };
  visit(source);
  const [folder = ""] = path.includes("/") ? path.split("/") : [];
  const lines = text.replace(/\n$/, "").split("\n").length;
  return { path, folder, lines, imports, usesProcessEnv };
}

/** `import type …`, or nothing but types between the braces. */
function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings } = clause;
  if (name !== undefined || namedBindings === undefined || !ts.isNamedImports(namedBindings)) return false;
  return namedBindings.elements.length > 0 && namedBindings.elements.every((each) => each.isTypeOnly);
}

/** `process.env`, `process["env"]`, or `{ env } = process`. */
function speaksOfEnv(node: ts.Identifier): boolean {
  // `globalThis.process` is spoken of as `process` is.
  const isMember = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node;
  const whole: ts.Expression = isMember ? node.parent : node;
  const { parent } = whole;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === whole && parent.name.text === "env";
  if (ts.isElementAccessExpression(parent)) return parent.expression === whole;
  return ts.isVariableDeclaration(parent) && parent.initializer === whole;
}
