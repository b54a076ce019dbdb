import { parse } from 'flatted';

export interface BinaryReference {
	/** Id of the file in n8n's storage; unset if `data` is the file. */
	id?: string;
	/** The file in base64, or the name of the storage that contains it. */
	data: string;
	fileName?: string;
	mimeType: string;
}

export interface OutputItem {
	json: Record<string, unknown>;
	binary?: Record<string, BinaryReference>;
	error?: { message: string };
}

/** The part of n8n's execution data that tests read. */
export interface ExecutionData {
	resultData: {
		error?: { message: string; node?: { name: string }; context?: Record<string, unknown> };
		lastNodeExecuted?: string;
		runData: Record<
			string,
			Array<{
				executionStatus?: string;
				/** In ms. */ executionTime?: number;
				data?: { main: Array<OutputItem[] | null> };
			}>
		>;
	};
}

/** Parses execution data, which n8n stores and sends in the format of the package `flatted`. */
export function parseExecutionData(text: string): ExecutionData {
	return parse(text) as ExecutionData;
}

/** Returns the items at an output of a node in its first run; empty if it did not run. */
export function outputItems(data: ExecutionData, node: string, output = 0): OutputItem[] {
	return data.resultData.runData[node]?.[0]?.data?.main[output] ?? [];
}
