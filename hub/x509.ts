/** `@peculiar/x509` with the polyfill that it must find when it loads. */
import "reflect-metadata";
export * from "@peculiar/x509";
