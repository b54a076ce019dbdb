import { LazyPackageDirectoryLoader, PackageDirectoryLoader, UnrecognizedNodeTypeError } from 'n8n-core';
import type { ICredentialType, INode, INodeType, INodeTypes, IVersionedNodeType } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';
import { join } from 'node:path';
import type { EngineSetup } from '../protocol';
import { STAND_IN_NODES } from './stand-in-nodes';

/** The package under test, loaded by n8n-core's own loader, with n8n's own nodes or the stand-ins for them. */
export class LoadedPackage implements INodeTypes {
	private constructor(
		private readonly loader: PackageDirectoryLoader,
		/** n8n's own nodes, if an installed n8n runs. */
		private readonly base: PackageDirectoryLoader | undefined,
	) {}

	/** @throws the error of n8n-core for a package that does not load: a missing class, bad JSON, an icon outside the package */
	static async load({ packageDirectory, loader: kind, n8n }: EngineSetup): Promise<LoadedPackage> {
		const Loader = kind === 'lazy' ? LazyPackageDirectoryLoader : PackageDirectoryLoader;
		const loader = new Loader(packageDirectory);
		const base =
			n8n === undefined ? undefined : new LazyPackageDirectoryLoader(join(n8n, 'node_modules', 'n8n-nodes-base'));
		await Promise.all([loader.loadAll(), base?.loadAll()]);
		return new LoadedPackage(loader, base);
	}

	/** Returns the full names of the package's node types, such as `n8n-nodes-x.y`. */
	nodeTypeNames(): string[] {
		return Object.keys(this.loader.known.nodes).map((name) => `${this.loader.packageName}.${name}`);
	}

	/** @throws UnrecognizedNodeTypeError */
	getByName(nodeType: string): INodeType | IVersionedNodeType {
		const standIn = STAND_IN_NODES.get(nodeType);
		const dot = nodeType.lastIndexOf('.');
		const packageName = nodeType.slice(0, dot);
		const name = nodeType.slice(dot + 1);
		if (standIn && packageName !== this.base?.packageName) return standIn;
		const loader = [this.loader, this.base].find((one) => one?.packageName === packageName);
		if (!loader) throw new UnrecognizedNodeTypeError(packageName, name);
		return loader.getNode(name).type;
	}

	getByNameAndVersion(nodeType: string, version?: number): INodeType {
		return NodeHelpers.getVersionedNodeType(this.getByName(nodeType), version);
	}

	getKnownTypes() {
		return {};
	}

	/** @throws UnrecognizedCredentialTypeError */
	credentialType(name: string): ICredentialType {
		return this.loaderOf(name).getCredential(name).type;
	}

	/** Returns the full names of the node types that use a credential type. */
	nodesOfCredential(name: string): string[] {
		this.credentialType(name);
		const { known, packageName } = this.loaderOf(name);
		return (known.credentials[name]?.supportedNodes ?? []).map((node) => `${packageName}.${node}`);
	}

	/** Returns the names of the credential types that a node can use. */
	credentialsOfNode({ type, typeVersion }: INode): string[] {
		return (this.getByNameAndVersion(type, typeVersion).description.credentials ?? []).map(({ name }) => name);
	}

	private loaderOf(credentialType: string): PackageDirectoryLoader {
		return this.base && credentialType in this.base.known.credentials ? this.base : this.loader;
	}
}
