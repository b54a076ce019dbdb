import type { IDataObject, NodeParameterValueType } from 'n8n-workflow';
import type { RocheNode, Step } from '../../engine/roche';
import type { Secret } from '../../real-n8n/secret-forms';
import type { Rig } from '../rig';

/** A node that is about to run. */
export interface Scene {
	rig: Rig;
	node: RocheNode;
	credential: IDataObject;
	/** The credential of Roche's caller. */
	webhookCredential: IDataObject;
	/** The input. */
	item: IDataObject;
	parameters: Record<string, NodeParameterValueType>;
	options: Record<string, string | number | boolean>;
	/** Settings of the node. */
	settings: Partial<Step>;
	/** The step that the run begins with, in place of the trigger. */
	startNode?: string;
	/** What must not be found, beside what every scene has. */
	secrets: Secret[];
}

/** The outcome of a run that does not fail, whose items and hints are searched, too. */
export const SUCCEEDS = 'succeeds';

/** A way to an end of a node that is reached without any fault of the network. */
export interface Path {
	what: string;
	nodes: readonly RocheNode[];
	/** Leads the scene there. */
	prepare: (scene: Scene) => Promise<void> | void;
	/** The message that the run fails with, or {@link SUCCEEDS}. */
	expected: RegExp | typeof SUCCEEDS;
	/** The credential alone is enough: its Test button says the same. `alone`: only the Test button, before any node has run. */
	testButton?: true | 'alone';
}

/** Paths that need an n8n of their own. */
export interface OtherProcess {
	/** Environment variables of n8n. */
	env: Record<string, string>;
	paths: readonly Path[];
}
