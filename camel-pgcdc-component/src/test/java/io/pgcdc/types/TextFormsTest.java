package io.pgcdc.types;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.pgcdc.types.Decoding.assertMalformed;
import static io.pgcdc.types.Decoding.java;
import static io.pgcdc.types.Decoding.portable;
import static org.assertj.core.api.Assertions.assertThat;

/** Types that Java has no class for: their value is the text that PostgreSQL prints. */
class TextFormsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "869|192.168.100.128/25", "869|::ffff:1.2.3.4", "650|2001:4f8::/32", "829|08:00:2b:01:02:aF",
            "774|08:00:2b:01:02:03:04:05", "600|(1.5,-2)", "600|(NaN,-Infinity)", "600|(1e+300,1e-300)", "628|{1,2,-3}",
            "601|[(1,2),(3,4)]", "603|(3,4),(1,2)", "602|[(1,2),(3,4)]", "602|((1,2),(3,4))", "604|((1,2),(3,4))",
            "718|<(1,2),3>", "3614|'a b':1A,2 'c'", "3614|``", "3615|'a' & !'b' <-> 'c':*", "3642|1 true bits, 0 false",
            "3220|16/B374D848", "3220|0/0", "2970|10:20:", "5038|10:20:10,14,15", "28|4294967295",
            "5069|18446744073709551615", "29|0", "27|(4294967295,65535)", "22|1 -2 3", "22|``", "30|1 2",
            "1790|<unnamed portal 1>", "1033|postgres=r*/postgres", "2205|public.orders", "2205|-", "24|abs",
            "2202|abs(integer)", "2203|+", "2204|+(integer,integer)", "2206|integer[]", "4089|pg_catalog",
            "4096|postgres", "4191|\"C\"", "3734|english", "3769|simple", "4072|$.\"a\"[*]?(@ > 1)", "142|<a>b</a>",
            "142|``", "194|({CONST :consttype 23})", "3361|{\"1, 2\": 3}", "3402|{}", "5017|\\x01" })
    void a_value_is_its_text_in_both_styles(long type, String text) {
        assertThat(portable(type, text)).isEqualTo(text);
        assertThat(java(type, text)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "869|inet|``", "869|inet|example.org", "650|cidr|10.0.0.0 /8", "829|macaddr|08:00:2b:01:02",
            "829|macaddr|08-00-2b-01-02-03", "829|macaddr|08:00:2b:01:02:0g", "774|macaddr8|08:00:2b:01:02:03",
            "600|point|``", "600|point|(", "600|point|1,2", "600|point|[1,2]", "600|point|(1;2)", "602|path|[(1,2))",
            "718|circle|((1,2),3)", "3220|pg_lsn|``", "3220|pg_lsn|16", "3220|pg_lsn|/1", "3220|pg_lsn|1/",
            "3220|pg_lsn|1/2/3", "3220|pg_lsn|x/1", "3220|pg_lsn|123456789/123456789", "5038|pg_snapshot|10:2",
            "5038|pg_snapshot|10-20-30", "28|xid|``", "28|xid|-1", "27|tid|()", "27|tid|0,1", "27|tid|(0;1)",
            "22|int2vector|1,2", "2205|regclass|``", "114|json|``", "4072|jsonpath|``", "1033|aclitem|``" })
    void what_can_be_no_value_is_malformed(long type, String name, String text) {
        assertMalformed(type, name, text);
    }

    @Test
    void the_elements_of_an_array_of_boxes_have_a_semicolon_between_them() {
        assertThat(portable(TypeOids.BOX_ARRAY, "{(1,2),(0,0);(3,4),(1,1)}"))
                .isEqualTo(List.of("(1,2),(0,0)", "(3,4),(1,1)"));
        assertThat(portable(TypeOids.POINT_ARRAY, "{\"(1,2)\",NULL}").toString()).isEqualTo("[(1,2), null]");
        assertMalformed(TypeOids.BOX_ARRAY, "box[]", "{(1,2),(0,0);}");
    }

    @Test
    void the_type_of_one_byte_gives_the_same_text_from_every_server() {
        assertThat(portable(TypeOids.CHAR, "")).isEqualTo("");
        assertThat(portable(TypeOids.CHAR, "\\")).isEqualTo("\\");
        assertThat(portable(TypeOids.CHAR, "\\377")).isEqualTo("\\377");
        ColumnCodec codec = Codecs.of(ValueStyle.JAVA, true).codec(TypeOids.CHAR);
        assertThat(Decoding.decode(codec, new byte[] { (byte) 0xFF })).isEqualTo("\\377");
        assertThat(Decoding.decode(codec, new byte[] { (byte) 0x80 })).isEqualTo("\\200");
    }
}
