import type { IDataObject } from 'n8n-workflow';
import type { SandboxFile } from '../sandbox/types';
import type { Side } from './fault-proxy';
import type { Rig } from './rig';

/** What a workflow asks for: the columns of the matrix. */
export const COLUMNS = ['token', 'file', 'URL', 'ACK'] as const;

export type Column = (typeof COLUMNS)[number];

/** What the run of a workflow with one node came to: `recovered`, `cancelled`, or the message of its failure. */
export type Outcome = string;

export const RECOVERED = 'recovered';
export const CANCELLED = 'cancelled';

/** A workflow that is about to run. */
export interface Stage {
	rig: Rig;
	column: Column;
	/** Whose answers the sandbox spoils. */
	target: 'token' | 's3' | 'ack';
	side: Side;
	/** Of the columns `file` and `URL`. */
	file: SandboxFile;
	/** The input. */
	item: IDataObject;
	/** Items behind it. */
	more: IDataObject[];
	credential: IDataObject;
	/** The node's options. */
	options: Record<string, string | number>;
	/** Cancels the run. */
	cancel: () => void;
	/** Undoes what the fault needed. */
	afterwards: (work: () => Promise<void>) => void;
}

/** A fault, and what comes of it. */
export interface Row {
	fault: string;
	/** Brings the fault about; it may change what the stage holds. */
	cause: (stage: Stage) => Promise<void> | void;
	/** For each column that the fault can meet. `HOST` stands for the host that is called. Several: the system decides. */
	expected: Partial<Record<Column, Outcome | readonly Outcome[]>>;
	/** Roche carries the ACK out although the node does not learn of it. */
	reachesRoche?: true;
}

/** The same outcome in several columns. */
export function each(outcome: Outcome | readonly Outcome[], columns: readonly Column[] = COLUMNS): Row['expected'] {
	return Object.fromEntries(columns.map((column) => [column, outcome]));
}
