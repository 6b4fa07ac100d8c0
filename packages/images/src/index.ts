export {
  type Builder,
  type BuildRequest,
  buildCommands,
  builders,
  cleanUpCommands,
  fullBaseName,
  programOf,
  pushedDigest,
} from './builders.ts';
export { type Credentials, credentialsFor } from './credentials.ts';
export { checkTag, type ImageName, parseImageName } from './image-name.ts';
export { type PushedImage, type RegistryOptions, reach, readBack } from './registry.ts';
