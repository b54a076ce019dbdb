import { LazyPackageDirectoryLoader, PackageDirectoryLoader, UnrecognizedNodeTypeError } from 'n8n-core';
import type { ICredentialType, INode, INodeType, INodeTypes, IVersionedNodeType } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';
import type { EngineSetup } from '../protocol';
import { STAND_IN_NODES } from './stand-in-nodes';

/** The package under test as n8n-core's own loader sees it, together with the stand-in nodes. */
export class LoadedPackage implements INodeTypes {
	private constructor(private readonly loader: PackageDirectoryLoader) {}

	/** @throws what n8n-core throws for a package that does not load: a missing class, bad JSON, an icon elsewhere. */
	static async load({ packageDirectory, loader: kind }: EngineSetup): Promise<LoadedPackage> {
		const Loader = kind === 'lazy' ? LazyPackageDirectoryLoader : PackageDirectoryLoader;
		const loader = new Loader(packageDirectory);
		await loader.loadAll();
		return new LoadedPackage(loader);
	}

	/** Full names of the node types that the package brings, for instance `n8n-nodes-x.y`. */
	nodeTypeNames(): string[] {
		return Object.keys(this.loader.known.nodes).map((name) => `${this.loader.packageName}.${name}`);
	}

	/** @throws UnrecognizedNodeTypeError */
	getByName(nodeType: string): INodeType | IVersionedNodeType {
		const standIn = STAND_IN_NODES.get(nodeType);
		if (standIn) return standIn;
		const dot = nodeType.lastIndexOf('.');
		const packageName = nodeType.slice(0, dot);
		const name = nodeType.slice(dot + 1);
		if (packageName !== this.loader.packageName) throw new UnrecognizedNodeTypeError(packageName, name);
		return this.loader.getNode(name).type;
	}

	getByNameAndVersion(nodeType: string, version?: number): INodeType {
		return NodeHelpers.getVersionedNodeType(this.getByName(nodeType), version);
	}

	getKnownTypes() {
		return {};
	}

	/** @throws UnrecognizedCredentialTypeError */
	credentialType(name: string): ICredentialType {
		return this.loader.getCredential(name).type;
	}

	/** Full names of the node types that use a credential type. */
	nodesOfCredential(name: string): string[] {
		this.credentialType(name);
		const names = this.loader.known.credentials[name]?.supportedNodes ?? [];
		return names.map((node) => `${this.loader.packageName}.${node}`);
	}

	/** Names of the credential types that a node can use. */
	credentialsOfNode({ type, typeVersion }: INode): string[] {
		return (this.getByNameAndVersion(type, typeVersion).description.credentials ?? []).map(({ name }) => name);
	}
}
