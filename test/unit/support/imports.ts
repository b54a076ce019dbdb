import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';

/** One import of a source file. */
export interface Import {
	/** The importing file below `nodes/`, with slashes. */
	file: string;
	/** The imported file below `nodes/`, without ending, or a package's name. */
	target: string;
	/** Whether it is a file and not a package. */
	ours: boolean;
	kind: 'value' | 'type' | 'dynamic';
}

const NODES = resolve(__dirname, '../../../nodes');
const slashes = (path: string) => path.split(sep).join('/');

/** Every import, re-export, `import()` and `require()` of the sources under `nodes/`. */
export function importsOfNodes(): Import[] {
	const files = readdirSync(NODES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
	return files.flatMap((file) => importsOf(file));
}

function importsOf(file: string): Import[] {
	const path = join(NODES, file);
	const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
	const found: Import[] = [];
	const visit = (node: ts.Node): void => {
		const seen = importOf(node);
		if (seen) found.push({ file: slashes(file), ...targetOf(path, seen.specifier), kind: seen.kind });
		ts.forEachChild(node, visit);
	};
	visit(source);
	return found;
}

function importOf(node: ts.Node): { specifier: string; kind: Import['kind'] } | undefined {
	if (ts.isImportDeclaration(node)) {
		return { specifier: textOf(node.moduleSpecifier), kind: isTypeOnly(node) ? 'type' : 'value' };
	}
	if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
		return { specifier: textOf(node.moduleSpecifier), kind: node.isTypeOnly ? 'type' : 'value' };
	}
	if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
		return { specifier: textOf(node.argument.literal), kind: 'type' };
	}
	const [argument] = ts.isCallExpression(node) ? node.arguments : [];
	if (!ts.isCallExpression(node) || !argument) return undefined;
	if (node.expression.kind === ts.SyntaxKind.ImportKeyword) return { specifier: textOf(argument), kind: 'dynamic' };
	return node.expression.getText() === 'require' ? { specifier: textOf(argument), kind: 'value' } : undefined;
}

/** Whether nothing of the import is left in the JavaScript. */
function isTypeOnly({ importClause }: ts.ImportDeclaration): boolean {
	if (!importClause) return false;
	if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
	const { name, namedBindings } = importClause;
	if (name || !namedBindings || !ts.isNamedImports(namedBindings)) return false;
	return namedBindings.elements.every((element) => element.isTypeOnly);
}

function textOf(node: ts.Node): string {
	return ts.isStringLiteralLike(node) ? node.text : `not a literal: ${node.getText()}`;
}

function targetOf(path: string, specifier: string): Pick<Import, 'target' | 'ours'> {
	if (!specifier.startsWith('.')) return { target: specifier, ours: false };
	return { target: slashes(relative(NODES, join(dirname(path), specifier))), ours: true };
}
