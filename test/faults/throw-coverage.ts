import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as ts from 'typescript';

const NODES = join(__dirname, '..', '..', 'dist', 'nodes');

/**
 * Files tested elsewhere. The trigger and the list of access points need real requests, which the end-to-end test in n8n sends. The inbox
 * has its own tests with full and missing disks in `test/inbox` and `test/engine`. `vendor` contains code of others.
 */
const ELSEWHERE =
	/^(RocheNotificationTrigger[/\\]|RocheInbox[/\\]|RocheS3Fetch[/\\]access-point-list|shared[/\\](notification|inbox|wire[/\\]vendor)[/\\])/;

/** Characters of a statement that distinguish it from others in its file. */
const SHOWN = 60;

/** The part of V8's coverage data (Node's documentation, NODE_V8_COVERAGE) used here. Offsets are in characters. */
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

/** Finds the `throw` statements of the built package that n8n processes have reached. */
export class ThrowCoverage {
	/** @param folder - folder for V8's data, for NODE_V8_COVERAGE of the processes */
	constructor(readonly folder: string) {}

	/** Call it after the processes have ended. */
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

/** Whether a statement ran: the innermost range that contains the offset has the count. */
function ran({ functions }: ScriptCoverage, offset: number): boolean {
	const around = functions
		.flatMap(({ ranges }) => ranges)
		.filter(({ startOffset, endOffset }) => startOffset <= offset && offset < endOffset)
		.sort((a, b) => a.endOffset - a.startOffset - (b.endOffset - b.startOffset));
	return (around[0]?.count ?? 0) > 0;
}
