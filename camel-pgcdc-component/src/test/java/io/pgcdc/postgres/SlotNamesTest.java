package io.pgcdc.postgres;

import io.pgcdc.model.PgCdcException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SlotNamesTest {

    @Test
    void a_plain_name_is_taken_as_it_is() {
        assertThat(SlotNames.applySlot("shop", "my_pub2")).isEqualTo("pgcdc_shop_my_pub2");
        assertThat(SlotNames.syncSlot("pgcdc_shop_my_pub2", 3)).isEqualTo("pgcdc_shop_my_pub2_sync_3");
    }

    @Test
    void names_that_have_to_be_mapped_never_meet() {
        assertThat(java.util.Set.of(
                SlotNames.applySlot("shop", "my_pub"), SlotNames.applySlot("shop", "my-pub"),
                SlotNames.applySlot("shop", "my.pub"), SlotNames.applySlot("shop", "My_Pub"))).hasSize(4)
                .allSatisfy(name -> assertThat(name).matches("pgcdc_shop_my_pub(_[0-9a-f]{8})?"));
    }

    @Test
    void sixty_three_bytes_are_the_most() {
        assertThat(SlotNames.checked("s".repeat(63))).hasSize(63);
        assertThatThrownBy(() -> SlotNames.checked("s".repeat(64))).isInstanceOf(PgCdcException.class)
                .hasMessageContaining("64 bytes");
    }

    @Test
    void only_numbered_slots_of_the_same_apply_slot_are_its_sync_slots() {
        assertThat(SlotNames.isSyncSlot("a", "a_sync_12")).isTrue();
        assertThat(SlotNames.isSyncSlot("a", "a_sync_")).isFalse();
        assertThat(SlotNames.isSyncSlot("a", "a_sync_x")).isFalse();
        assertThat(SlotNames.isSyncSlot("a", "ab_sync_1")).isFalse();
    }

    @Test
    void no_apply_slot_is_taken_for_the_sync_slot_of_another_pipeline() {
        String name = SlotNames.applySlot("shop", "orders_sync_1");
        assertThat(SlotNames.isSyncSlot(SlotNames.applySlot("shop", "orders"), name)).isFalse();
        assertThat(name).isNotEqualTo(SlotNames.applySlot("shop", "orders_sync_2"));
        assertThatThrownBy(() -> SlotNames.checkedApplySlot("mine_sync_7")).isInstanceOf(PgCdcException.class)
                .hasMessageContaining("mine_sync_7");
        assertThat(SlotNames.checkedApplySlot("mine_sync")).isEqualTo("mine_sync");
    }
}
