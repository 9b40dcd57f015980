package jp.sekisho.audit.cli;

import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest; outside a jar there is none. */
final class ProgramVersion implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = ProgramVersion.class.getPackage().getImplementationVersion();
    return new String[] {"sekisho-audit " + (version == null ? "(not packaged)" : version)};
  }
}
