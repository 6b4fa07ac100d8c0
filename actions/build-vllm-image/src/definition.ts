import {
  choice,
  defineAction,
  digest,
  dryRun,
  flag,
  imageRef,
  integer,
  list,
  modelDigest,
  modelRef,
  orNone,
  path,
  runInputs,
  runOutputs,
  signingKey,
  text,
  trustedKeys,
  version,
} from '@sluice/contract';

export const definition = defineAction({
  name: 'build-vllm-image',
  title: 'build vLLM image',
  description:
    'Builds a serving image for a model that its record proves approved, pushes it, and reads its digest back from the registry.',
  inputs: {
    'serve-engine': {
      type: choice('ServeEngine', ['vllm']),
      description: 'The server in the image.',
      default: 'vllm',
    },
    'base-image': {
      type: text,
      description:
        'Image of the server, from your own registry where there is no internet; name it by digest.',
      default: 'vllm/vllm-openai:latest',
    },
    model: {
      type: modelRef,
      description: 'Merged or quantized model; default: what the record of the run names.',
    },
    'model-digest': { type: modelDigest, description: 'Digest of `model`; default: from the record.' },
    adapter: {
      type: modelRef,
      description: 'LoRA adapter, served beside a base model that is mounted or in the base image.',
    },
    'adapter-digest': { type: modelDigest, description: 'Digest of `adapter`; default: from the record.' },
    'base-model': {
      type: text,
      description:
        'Path of the base model inside the running container (mounted or in the base image), for an adapter.',
    },
    'lora-name': {
      type: text,
      description: 'Name under which the adapter is asked for.',
      default: 'adapter',
    },
    image: {
      type: text,
      description: 'Where the image is pushed, without tag: registry/name.',
      required: true,
    },
    tags: { type: list(text), description: 'Tags beside the digest; default: the version.' },
    version: {
      type: version,
      description: "The version it serves under; default: the gate's `model-version`.",
    },
    builder: {
      type: choice('Builder', ['auto', 'buildx', 'buildah']),
      description: 'The program that builds; auto takes the first that is there.',
      default: 'auto',
    },
    push: {
      type: flag,
      description: 'Push and read the digest back. Without it the output `image` is `none`.',
      default: 'true',
    },
    'registry-auth-file': {
      type: path,
      description: 'Credentials of the registry (auth.json or Docker config.json).',
    },
    'tls-verify': {
      type: flag,
      description: 'Check the certificate of the registry; `false` only for a registry on this machine.',
      default: 'true',
    },
    cache: {
      type: text,
      description:
        'Where layers are kept between builds: registry/name, without tag. Read by every build, written to by one that pushes.',
    },
    'build-args': { type: list(text), description: 'Build arguments as KEY=value.' },
    sbom: {
      type: flag,
      description: 'Write a CycloneDX list of what Sluice put into the image.',
      default: 'true',
    },
    deploy: {
      type: flag,
      description: "The gate's flag. `false` ends with exit 3; `true` is not enough: the record must say so.",
    },
    ...trustedKeys,
    ...signingKey,
    ...runInputs,
    ...dryRun,
  },
  outputs: {
    image: { type: orNone(imageRef), description: 'The image by digest, as the registry has it.' },
    digest: { type: orNone(digest), description: 'Digest of the manifest; `none` where it was not pushed.' },
    version: { type: orNone(version), description: 'The version that the image serves under.' },
    'size-bytes': {
      type: integer({ min: 0 }),
      description: 'Compressed size of all layers; of the model where it was not pushed.',
    },
    sbom: { type: orNone(path), description: 'The list of what is in the image.' },
    ...runOutputs,
  },
});
