package jp.sekisho.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MutableCoercionConfig;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The one JSON codec of the wire: reads and writes the records of this package.
 *
 * <p>Reading is strict where leniency would hide an attack (size, depth, repeated names, missing or
 * null values, text for numbers) and lenient where it lets one side be newer (unknown names are
 * ignored). Absent optional values are Java {@code null} and are not written. Thread-safe.
 */
public final class WireJson {
  /** Largest body read, in bytes, unless a route sets a smaller limit. */
  public static final int MAX_BYTES = 1 << 20;

  private static final ObjectMapper MAPPER = mapper();

  private WireJson() {}

  private static ObjectMapper mapper() {
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxDocumentLength(MAX_BYTES)
                    .maxNestingDepth(16)
                    .maxStringLength(MAX_BYTES)
                    .maxNameLength(128)
                    .maxNumberLength(20)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // A parser's message would otherwise quote the input, which may be an answer or a
            // token.
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool()) // not one for each thread
            .build();
    return JsonMapper.builder(factory)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .withCoercionConfigDefaults(WireJson::refuseCoercion)
        .defaultPropertyInclusion(
            JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
        .build();
  }

  /** A value is of the type its field has, or it is refused. */
  private static void refuseCoercion(MutableCoercionConfig config) {
    for (CoercionInputShape shape : CoercionInputShape.values()) {
      config.setCoercion(shape, CoercionAction.Fail);
    }
  }

  /** UTF-8 JSON of a wire record. */
  public static byte[] write(Object wireRecord) {
    try {
      return MAPPER.writeValueAsBytes(wireRecord);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "not a wire record: " + wireRecord.getClass().getSimpleName(), e);
    }
  }

  /**
   * The record in {@code body}.
   *
   * @throws MalformedException when the body is too large, not JSON, not such a record, or lacks a
   *     component not marked {@code @Nullable}; its text names the field at most
   */
  public static <T> T read(byte[] body, Class<T> type) throws MalformedException {
    if (body.length > MAX_BYTES) {
      throw new MalformedException("body over " + MAX_BYTES + " bytes");
    }
    try {
      // Decoded here: from bytes the parser would guess UTF-16 and accept overlong forms.
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
      T value = MAPPER.readValue(text, type);
      if (value == null) {
        throw new MalformedException("null in place of " + type.getSimpleName());
      }
      RequiredComponents.check(value);
      return value;
    } catch (JsonMappingException e) {
      String path =
          e.getPath().isEmpty()
              ? ""
              : " at " + e.getPath().get(e.getPath().size() - 1).getFieldName();
      throw new MalformedException("not a " + type.getSimpleName() + path);
    } catch (IOException e) {
      throw new MalformedException("not JSON");
    }
  }
}
