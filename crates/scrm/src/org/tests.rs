//! The list of staff.

use store::testing::TestDb;

use super::{StaffFilter, list_staff};
use crate::{MIGRATIONS, Page, testing, tests::World};

store::on_both! { MIGRATIONS,
    async fn staff_are_listed_by_part_of_name_with_their_departments_in_order(test: &TestDb) {
        let world = World::start(test, 1, 1).await;
        let (scrm, corp) = (&world.scrm, world.corp);
        testing::put_department(scrm, corp, 4_294_967_295, "销售,一部").await;
        testing::put_department(scrm, corp, 2, "TY").await;
        testing::put_staff(scrm, corp, 11, "Anna 张", &[4_294_967_295, 2]).await;
        testing::put_staff(scrm, corp, 12, "张三", &[2]).await;
        testing::put_staff(scrm, corp, 13, "李%四", &[]).await;
        let listed = async |name: &str, no, size| {
            let filter = StaffFilter { name_part: Some(name.to_owned()), is_deleted: Some(false), ..StaffFilter::default() };
            list_staff(scrm, corp, &filter, Page { no, size }).await.unwrap()
        };
        let page = listed("anna", 1, 10).await;
        assert_eq!(page.n_total, 1);
        assert_eq!(page.staff[0].department_names, ["销售,一部", "TY"]);
        let second = listed("张", 2, 1).await;
        assert_eq!((second.n_total, second.staff[0].name.as_str()), (2, "张三"));
        assert_eq!(listed("%", 1, 10).await.staff[0].name, "李%四");
        let gone = StaffFilter { name_part: None, is_deleted: Some(true), ..StaffFilter::default() };
        let gone = list_staff(scrm, corp, &gone, Page { no: 1, size: 10 }).await.unwrap();
        assert_eq!(gone.n_total, 0);
    }
}
