export { type Builder, type BuildRequest, buildCommands, builders, programOf } from './builders.ts';
export { type Credentials, credentialsFor } from './credentials.ts';
export { checkTag, type ImageName, parseImageName } from './image-name.ts';
export { type PushedImage, type RegistryOptions, readBack } from './registry.ts';
