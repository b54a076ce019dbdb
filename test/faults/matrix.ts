import type { IDataObject } from 'n8n-workflow';
import type { SandboxFile } from '../sandbox/types';
import type { Side } from './fault-proxy';
import type { Rig } from './rig';

/** The requests of a workflow: the columns of the matrix. */
export const COLUMNS = ['token', 'file', 'URL', 'ACK'] as const;

export type Column = (typeof COLUMNS)[number];

/** Outcome of a workflow with one node: `recovered`, `cancelled`, or the error message. */
export type Outcome = string;

export const RECOVERED = 'recovered';
export const CANCELLED = 'cancelled';

/** A workflow that is about to run. */
export interface Stage {
	rig: Rig;
	column: Column;
	/** Target of the sandbox's faults. */
	target: 'token' | 's3' | 'ack';
	side: Side;
	/** For the columns `file` and `URL`. */
	file: SandboxFile;
	/** The input. */
	item: IDataObject;
	/** Items after it. */
	more: IDataObject[];
	credential: IDataObject;
	/** The node's options. */
	options: Record<string, string | number>;
	/** Cancels the run. */
	cancel: () => void;
	/** Registers work that undoes the preparation of the fault. */
	afterwards: (work: () => Promise<void>) => void;
}

/** A fault and its outcome. */
export interface Row {
	fault: string;
	/** Causes the fault; may change the stage. */
	cause: (stage: Stage) => Promise<void> | void;
	/** For each column to which the fault applies. `HOST` represents the called host. Several: depends on the operating system. */
	expected: Partial<Record<Column, Outcome | readonly Outcome[]>>;
	/** Roche executes the ACK although the node does not receive the answer. */
	reachesRoche?: true;
}

/** The same outcome in several columns. */
export function each(outcome: Outcome | readonly Outcome[], columns: readonly Column[] = COLUMNS): Row['expected'] {
	return Object.fromEntries(columns.map((column) => [column, outcome]));
}
