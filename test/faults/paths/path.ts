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
	/** The step with which the run starts, instead of the trigger. */
	startNode?: string;
	/** Secrets to search for, in addition to those of every scene. */
	secrets: Secret[];
}

/** The outcome of a run that does not fail; its items and hints are also searched. */
export const SUCCEEDS = 'succeeds';

/** An outcome of a node that occurs without any fault of the network. */
export interface Path {
	what: string;
	nodes: readonly RocheNode[];
	/** Prepares the scene for it. */
	prepare: (scene: Scene) => Promise<void> | void;
	/** The error message of the run, or {@link SUCCEEDS}. */
	expected: RegExp | typeof SUCCEEDS;
	/** The Test button of the credential shows the same message. `alone`: only the Test button, before any node has run. */
	testButton?: true | 'alone';
}

/** Paths that need a separate n8n. */
export interface OtherProcess {
	/** Environment variables of n8n. */
	env: Record<string, string>;
	paths: readonly Path[];
}
