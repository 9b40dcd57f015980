package jp.sekisho.protocol;

import java.util.List;

/** The register of media of the 機関, by number: {@code GET /api/v1/media}. */
public record MediumLines(List<MediumLine> media) {
  public MediumLines {
    media = List.copyOf(media);
  }
}
