package jp.sekisho.e2e.vm;

import java.nio.file.Path;

/** A phone that offers the files of a directory of the host by MTP; no kernel driver binds to it. */
public record UsbPhone(Path directory) implements Pluggable {}
