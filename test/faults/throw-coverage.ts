import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as ts from 'typescript';

const NODES = join(__dirname, '..', '..', 'dist', 'nodes');

/**
 * The trigger answers real requests, and the list of access points the editor: the end-to-end test in n8n sends both. The inbox asks a disk, which its
 * own tests in `test/inbox` and `test/engine` fill up and take away; `vendor` is code of others.
 */
const ELSEWHERE =
	/^(RocheNotificationTrigger[/\\]|RocheInbox[/\\]|RocheS3Fetch[/\\]access-point-list|shared[/\\](notification|inbox|wire[/\\]vendor)[/\\])/;

/** So much of a statement tells it from the others of its file, in characters. */
const SHOWN = 60;

/** Of V8's coverage (Node's documentation, NODE_V8_COVERAGE), what is used here. Offsets are in characters. */
interface ScriptCoverage {
	url: string;
	functions: Array<{ ranges: Array<{ startOffset: number; endOffset: number; count: number }> }>;
}

/** A place where the package throws. */
interface ThrowStatement {
	/** File below dist/nodes, and the beginning of the statement. */
	place: string;
	file: string;
	offset: number;
}

/** Counts which places of the built package that throw were reached in processes of n8n. */
export class ThrowCoverage {
	/** @param folder - where V8 writes to, for NODE_V8_COVERAGE of the processes */
	constructor(readonly folder: string) {}

	/** To be asked after the processes have ended. */
	count(): { all: number; missed: string[] } {
		const scripts = this.scripts();
		const statements = filesBelow(NODES).flatMap(throwsIn);
		const missed = statements.filter(
			({ file, offset }) => !scripts.some((script) => script.url === pathToFileURL(file).href && ran(script, offset)),
		);
		return { all: statements.length, missed: missed.map(({ place }) => place) };
	}

	private scripts(): ScriptCoverage[] {
		return readdirSync(this.folder).flatMap((name) => {
			const { result } = JSON.parse(readFileSync(join(this.folder, name), 'utf8')) as { result: ScriptCoverage[] };
			return result.filter(({ url }) => url.includes('/dist/nodes/'));
		});
	}
}

function filesBelow(folder: string): string[] {
	return readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.filter((path) => path.endsWith('.js') && !ELSEWHERE.test(path))
		.map((path) => join(folder, path));
}

function throwsIn(file: string): ThrowStatement[] {
	const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022);
	const found: ThrowStatement[] = [];
	const look = (node: ts.Node): void => {
		if (ts.isThrowStatement(node)) {
			const offset = node.getStart(source);
			const statement = node.getText(source).slice(0, SHOWN);
			found.push({ place: `${relative(NODES, file)}: ${statement}`, file, offset });
		}
		ts.forEachChild(node, look);
	};
	look(source);
	return found;
}

/** The innermost range that holds the offset says how often it ran. */
function ran({ functions }: ScriptCoverage, offset: number): boolean {
	const around = functions
		.flatMap(({ ranges }) => ranges)
		.filter(({ startOffset, endOffset }) => startOffset <= offset && offset < endOffset)
		.sort((a, b) => a.endOffset - a.startOffset - (b.endOffset - b.startOffset));
	return (around[0]?.count ?? 0) > 0;
}
