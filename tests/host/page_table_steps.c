/* SPDX-License-Identifier: MIT */
#include "tests/host/page_table_steps.h"

struct page_table_model kernel;
struct page_table_model model;
struct page_table table;
struct page_table_model other_model;
struct page_table other_table;

int64_t tables_needed(model_set_t model_set, struct page_table_model *in, vaddr_t address)
{
    for (int64_t tables = 0;; tables++) {
        uint64_t live = test_tables_live;
        test_tables_left = tables;
        test_tables_failure = tables % 2 == 0 ? j6_err_no_memory : j6_err_quota;
        j6_status_t status = model_set(in, address, LARGE_PAGE_SIZE, RW);
        test_tables_left = -1;
        page_table_model_check(in);
        if (status == j6_status_ok) {
            return tables;
        }
        assert_int_equal(test_tables_live, live);
    }
}
