/**
 * Runs the Code node's JavaScript in this process; n8n 2.x sends it to a task runner in a separate process. Input and output are
 * those of the runner (@n8n/task-runner, `js-task-runner.js`): JSON, including links to the input items.
 */
import { getAdditionalKeys } from 'n8n-core';
import type { IDataObject, IWorkflowExecuteAdditionalData } from 'n8n-workflow';
import { WorkflowDataProxy } from 'n8n-workflow';

type StartTask = IWorkflowExecuteAdditionalData['startRunnerTask'];
type Given = Parameters<StartTask>;

/** The Code node's request to the runner. */
interface Settings {
	code: string;
	nodeMode: 'runOnceForAllItems' | 'runOnceForEachItem';
	continueOnFail: boolean;
	chunk?: { startIndex: number; count: number };
}

type Values = Record<string, unknown>;

/** Names available in code, besides `items` and `item`. */
const NAMES = ['$', '$input', '$json', '$items', '$node', '$itemIndex', '$runIndex', '$workflow', '$execution', '$now'];

const { constructor: AsyncFunction } = Object.getPrototypeOf(async () => {}) as {
	constructor: new (...parts: string[]) => (...values: unknown[]) => Promise<unknown>;
};

/** Copies a value as JSON, as between two processes. */
function sent<T>(value: T): T {
	return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}

async function evaluate(code: string, values: Values): Promise<unknown> {
	return await new AsyncFunction(...Object.keys(values), code)(...Object.values(values));
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : JSON.stringify(error);
}

function jsonOf(result: unknown): unknown {
	return typeof result === 'object' && result !== null && 'json' in result ? result.json : result;
}

/** Replaces n8n's function for JavaScript. */
export const startRunnerTask = (async (...given: Given) => {
	const [additionalData, , settings, , , , workflow, runData, runIndex, , name, connectionInput, parameters, mode] =
		given;
	const { code, nodeMode, continueOnFail, chunk } = settings as Settings;
	const items = sent(connectionInput);
	const keys = getAdditionalKeys(additionalData, mode, runData);
	const valuesAt = (index: number): Values => {
		const proxy = new WorkflowDataProxy(
			...([workflow, runData, runIndex, index, name, items, parameters, mode, keys, given[15]] as const),
		).getDataProxy({ throwOnMissingExecutionData: false });
		return Object.fromEntries(NAMES.map((key) => [key, proxy[key] as unknown]));
	};
	const forAll = async (): Promise<unknown> => {
		try {
			return (await evaluate(code, { ...valuesAt(0), items })) ?? [];
		} catch (error) {
			if (continueOnFail) return [{ json: { error: messageOf(error) } }];
			throw error;
		}
	};
	const forEach = async (): Promise<unknown> => {
		const out: Array<{ json: unknown; pairedItem: { item: number } }> = [];
		const { startIndex, count } = chunk ?? { startIndex: 0, count: items.length };
		for (let index = startIndex; index < startIndex + count; index++) {
			const pairedItem = { item: index };
			try {
				const result = await evaluate(code, { ...valuesAt(index), item: items[index] });
				if (result) out.push({ json: jsonOf(result), pairedItem, ...binaryOf(result) });
			} catch (error) {
				if (!continueOnFail) throw error;
				out.push({ json: { error: messageOf(error) }, pairedItem });
			}
		}
		return out;
	};
	try {
		return { ok: true, result: sent(await (nodeMode === 'runOnceForAllItems' ? forAll() : forEach())) };
	} catch (error) {
		return { ok: false, error: { message: messageOf(error) } };
	}
}) as StartTask;

function binaryOf(result: object | true | string | number): { binary?: IDataObject } {
	return typeof result === 'object' && 'binary' in result ? { binary: result.binary as IDataObject } : {};
}
