import { parse } from 'flatted';

export interface BinaryReference {
	/** Where n8n keeps the file apart from the item; unset when `data` is the file. */
	id?: string;
	/** The file in base64, or the name of the storage that has it. */
	data: string;
	fileName?: string;
	mimeType: string;
}

export interface OutputItem {
	json: Record<string, unknown>;
	binary?: Record<string, BinaryReference>;
	error?: { message: string };
}

/** The part of n8n's execution data that tests look at. */
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

/** n8n stores and sends execution data in the notation of the package `flatted`. */
export function parseExecutionData(text: string): ExecutionData {
	return parse(text) as ExecutionData;
}

/** What a node put out at one of its outputs, in its first run; empty when it did not run. */
export function outputItems(data: ExecutionData, node: string, output = 0): OutputItem[] {
	return data.resultData.runData[node]?.[0]?.data?.main[output] ?? [];
}
